"""What is in force: which questions are asked, in which words consent is asked for, by which rules reports are routed.

The program carries questions, texts and rules as files. A statement of the organisation that receives, signed by its
administrators up to the root, says which of them count; here the two are held against each other, before a family is
shown anything and before anything is sealed. Neither a file that was changed nor a new release of the program brings
anything into force by itself. The room reads statements and files; it touches no key and no row.
"""
