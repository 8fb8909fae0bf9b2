(function () {
  'use strict';
  var findings = Array.prototype.slice.call(document.querySelectorAll('details.finding'));
  var groups = Array.prototype.slice.call(document.querySelectorAll('section.group'));
  var form = document.getElementById('filters');
  var status = document.getElementById('shown');
  if (!form) return;
  findings.forEach(function (one) { one.words = one.textContent.toLowerCase(); });
  function checked(name) {
    return Array.prototype.map.call(form.querySelectorAll('input[name=' + name + ']:checked'), function (box) { return box.value; });
  }
  function apply() {
    var levels = checked('level'), states = checked('state'), rule = form.elements.rule.value;
    var words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    var count = 0;
    findings.forEach(function (one) {
      var shown = levels.indexOf(one.dataset.level) >= 0 && states.indexOf(one.dataset.state) >= 0 &&
        (!rule || one.dataset.rule === rule) && words.every(function (word) { return one.words.indexOf(word) >= 0; });
      one.hidden = !shown;
      if (shown) count += 1;
    });
    groups.forEach(function (group) { group.hidden = !group.querySelector('details.finding:not([hidden])'); });
    status.textContent = count + ' of ' + findings.length + ' findings shown';
  }
  form.addEventListener('input', apply);
  form.addEventListener('submit', function (event) { event.preventDefault(); });
  document.getElementById('open').addEventListener('click', function () {
    var shown = findings.filter(function (one) { return !one.hidden; });
    var open = shown.some(function (one) { return !one.open; });
    shown.forEach(function (one) { one.open = open; });
  });
  window.addEventListener('beforeprint', function () { findings.forEach(function (one) { one.open = true; }); });
  apply();
})();
