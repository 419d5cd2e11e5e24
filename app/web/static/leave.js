// Three times Shift, with no other key between and within two seconds, leaves the page.
(function () {
  var times = 0, first = 0;
  var way = document.getElementById("leave"), hint = document.getElementById("leave-hint");
  if (!way || !hint) return;
  hint.hidden = false;
  document.addEventListener("keydown", function (event) { if (event.key !== "Shift") times = 0; });
  document.addEventListener("keyup", function (event) {
    if (event.key !== "Shift") return;
    if (!times || event.timeStamp - first > 2000) { times = 0; first = event.timeStamp; }
    times += 1;
    if (times === 3) { document.documentElement.hidden = true; way.submit(); }
  });
})();
