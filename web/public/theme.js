// Runs before the first paint, so that a dark desk never flashes white.
(function () {
  var root = document.documentElement;
  try {
    var theme = localStorage.getItem("congvan.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("congvan.density") === "roomy") root.dataset.density = "roomy";
    if (localStorage.getItem("congvan.language") === "en") root.lang = "en";
  } catch {
    // Storage may be forbidden; the defaults serve.
  }
})();
