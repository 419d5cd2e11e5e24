// Three times Shift, with no other key between and within two seconds, leaves the page. A Shift that wrote a capital
// letter is none of them: nothing is lost to whoever hesitates at the next one.
(function () {
  var times = 0, first = 0, alone = false;
  var way = document.getElementById("leave"), hint = document.getElementById("leave-hint");
  if (!way || !hint) return;
  hint.hidden = false;
  document.addEventListener("keydown", function (event) {
    alone = event.key === "Shift";
    if (!alone) times = 0;
  });
  document.addEventListener("keyup", function (event) {
    if (event.key !== "Shift" || !alone) return;
    if (!times || event.timeStamp - first > 2000) { times = 0; first = event.timeStamp; }
    times += 1;
    if (times === 3) { document.documentElement.hidden = true; way.submit(); }
  });
})();
