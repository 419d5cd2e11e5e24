"""Statistics: facets in, protected figures out.

A facet is what one report adds to the tables: codes and months, no words, no day. It is sealed to the statistics ring,
under an id that only the case's `replies` key yields, so that the family and the caseworker replace it and nobody who
has the database alone can tell whose it is. Releases are counted in the session of a coordinator, blurred with
whole-number noise (differential privacy), signed by two coordinators and frozen.

The room knows neither cases nor compartments and opens nothing but facets and its own work; casework and intake bring
what is to be coded. Noise comes from OpenDP alone, which is loaded only where a release is made.
"""
