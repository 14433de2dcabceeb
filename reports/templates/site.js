/* Days left on every page; search and filters on the first one. Text is only ever set as text. */
(function () {
  "use strict";
  var PAGE = 50, N_DUE = 10, URGENT = 7, SOON = 30, DAY = 86400000;
  var RTL = { ar: 1, fa: 1, he: 1, ur: 1 };
  /* the office's day: China has no summer time */
  var today = new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);

  function daysTo(day) { return Math.round((Date.parse(day) - Date.parse(today)) / DAY); }

  function showLeft(node, day) {
    var left = daysTo(day);
    node.dataset.state = left < 0 ? "passed" : left <= URGENT ? "urgent" : left <= SOON ? "soon" : "open";
    node.textContent = left < 0 ? "已截止" : left === 0 ? "今天截止" : "剩余" + left + "天";
    return node;
  }

  document.querySelectorAll(".left[data-deadline]").forEach(function (node) { showLeft(node, node.dataset.deadline); });

  var data = window.tbtSite, form = document.getElementById("filters");
  if (!data || !form) { return; }

  function make(name, className, text) {
    var node = document.createElement(name);
    if (className) { node.className = className; }
    if (text) { node.textContent = text; }
    return node;
  }

  /* not replaceChildren: browsers built into phone apps may be some years old */
  function empty(node) {
    while (node.firstChild) { node.removeChild(node.firstChild); }
  }

  function left(day) { return showLeft(make("span", "left"), day); }

  function titleOf(measure) {
    var link = make("a", "", measure.t);
    link.href = "measures/" + measure.p + ".html";
    return link;
  }

  function addMark(node, measure) {
    if (measure.m) { node.append(" ", make("span", "mark", measure.m)); }
  }

  /* the filters: one value of each that a measure has */
  var filters = {
    member: { of: function (m) { return m.c || []; }, name: function (i) { return data.members[i]; },
              key: function (i) { return data.members[i]; }, all: "全部成员" },
    industry: { of: function (m) { return m.n || []; }, name: function (i) { return data.industries[i][0]; },
                key: function (i) { return data.industries[i][0]; }, all: "全部产业",
                group: function (i) { return data.industries[i][1] ? "我市产业链" : "行业"; } },
    chapter: { of: function (m) { return m.g || []; }, all: "全部章",
               name: function (i) { return "第" + data.chapters[i][0] + "章 " + data.chapters[i][1]; },
               key: function (i) { return data.chapters[i][0]; }, byKey: true },
    kind: { of: function (m) { return [m.k]; }, name: function (i) { return data.kinds[i]; },
            key: function (i) { return data.kinds[i]; }, all: "全部类型" },
    area: { of: function (m) { return m.a ? [m.a] : []; }, name: String, key: String, all: "TBT和SPS" }
  };
  var names = Object.keys(filters);

  function fill(name) {
    var filter = filters[name], counts = new Map(), select = form.elements[name], groups = {};
    data.measures.forEach(function (m) {
      new Set(filter.of(m)).forEach(function (i) { counts.set(i, (counts.get(i) || 0) + 1); });
    });
    var found = Array.from(counts.keys());
    found.sort(function (a, b) {
      if (filter.byKey) { return filter.key(a) < filter.key(b) ? -1 : 1; }
      return counts.get(b) - counts.get(a) || filter.name(a).localeCompare(filter.name(b), "zh");
    });
    select.append(new Option(filter.all, ""));
    found.forEach(function (i) {
      var option = new Option(filter.name(i) + "（" + counts.get(i) + "）", filter.key(i));
      var group = filter.group ? filter.group(i) : "";
      if (group && !groups[group]) {
        groups[group] = make("optgroup");
        groups[group].label = group;
      }
      (group ? groups[group] : select).append(option);
    });
    ["我市产业链", "行业"].forEach(function (group) { if (groups[group]) { select.append(groups[group]); } });
  }

  function fold(text) { return text.normalize("NFKC").toLowerCase(); }

  data.measures.forEach(function (m) {
    var codes = m.h || [];
    var headings = codes.map(function (code) { return data.headings[code.slice(0, 4)] || ""; });
    var members = (m.c || []).map(function (i) { return data.members[i]; });
    m.words = fold([m.t, m.o || "", (m.s || []).join(" "), codes.join(" "), headings.join(" "), members.join(" ")]
      .join("\n"));
    m.keys = {};
    names.forEach(function (name) { m.keys[name] = filters[name].of(m).map(filters[name].key); });
  });

  function isInTime(measure, wanted) {
    if (!wanted) { return true; }
    if (!measure.e) { return false; }
    var n = daysTo(measure.e);
    return wanted === "passed" ? n < 0 : n >= 0 && (wanted === "open" || n <= Number(wanted));
  }

  function item(m) {
    var row = make("li", "measure"), head = make("h3"), meta = make("p", "meta");
    head.append(titleOf(m));
    addMark(head, m);
    row.append(head);
    if (m.o) {
      var original = make("p", "original"), text = make("bdi", "", m.o);
      text.dir = m.l ? (RTL[m.l.slice(0, 2)] ? "rtl" : "ltr") : "auto";
      if (m.l) { text.lang = m.l; }
      original.append(text);
      row.append(original);
    }
    var members = (m.c || []).map(function (i) { return data.members[i]; }).join("、") || "成员未注明";
    [(m.s || []).join("、"), members, data.kinds[m.k], m.a, m.d && m.d + (m.s ? " 散发" : " 公布")].forEach(function (part) {
      if (part) { meta.append(make("span", "", part)); }
    });
    if (m.e) {
      var deadline = make("span", "", m.e + " 评议截止 ");
      deadline.append(left(m.e));
      meta.append(deadline);
    }
    row.append(meta);
    return row;
  }

  var list = document.getElementById("list"), more = document.getElementById("more");
  var found = [], shown = 0;

  function showMore() {
    var next = document.createDocumentFragment();
    found.slice(shown, shown + PAGE).forEach(function (m) { next.append(item(m)); });
    shown = Math.min(shown + PAGE, found.length);
    list.append(next);
    document.getElementById("more-line").hidden = shown >= found.length;
  }

  function apply() {
    var words = fold(form.elements.q.value).split(/\s+/).filter(Boolean), due = form.elements.deadline.value;
    var set = names.filter(function (name) { return form.elements[name].value; });
    found = data.measures.filter(function (m) {
      return set.every(function (name) { return m.keys[name].includes(form.elements[name].value); }) &&
        isInTime(m, due) && words.every(function (word) { return m.words.includes(word); });
    });
    if (due && due !== "passed") { found.sort(function (a, b) { return a.e < b.e ? -1 : a.e > b.e ? 1 : 0; }); }
    empty(list);
    shown = 0;
    showMore();
    document.getElementById("found").textContent =
      found.length ? "共" + found.length + "项" : "没有符合条件的措施，请减少条件。";
  }

  /* what is chosen stands in the address, so that a choice can be kept and passed on */
  function keep() {
    var chosen = new URLSearchParams();
    ["q", "deadline"].concat(names).forEach(function (name) {
      if (form.elements[name].value) { chosen.set(name, form.elements[name].value); }
    });
    var text = chosen.toString();
    history.replaceState(null, "", location.pathname + location.search + (text ? "#" + text : ""));
  }

  function recall() {
    if (location.hash.indexOf("=") < 0) { return false; }
    var chosen = new URLSearchParams(location.hash.slice(1));
    ["q", "deadline"].concat(names).forEach(function (name) {
      var field = form.elements[name], value = chosen.get(name) || "";
      field.value = value;
      /* a value that no measure has any more is shown as chosen: the list is then empty and says so */
      if (value && field.value !== value && name !== "deadline") {
        field.append(new Option(value + "（0）", value));
        field.value = value;
      }
      if (field.selectedIndex === -1) { field.value = ""; }
    });
    return true;
  }

  names.forEach(fill);
  form.hidden = false;
  form.addEventListener("input", function () { apply(); keep(); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(function () { apply(); keep(); }, 0); });
  more.addEventListener("click", function () {
    var before = shown;
    showMore();
    list.children[before].querySelector("a").focus();
  });
  window.addEventListener("hashchange", function () { if (recall()) { apply(); } });
  var isRecalled = recall();
  apply();
  if (isRecalled) { document.getElementById("measures").scrollIntoView(); }

  var ahead = data.measures.filter(function (m) { return m.e && daysTo(m.e) >= 0; });
  ahead.sort(function (a, b) { return a.e < b.e ? -1 : a.e > b.e ? 1 : 0; });
  var due = document.getElementById("due");
  empty(due);
  ahead.slice(0, N_DUE).forEach(function (m) {
    var row = make("li"), when = make("span", "when"), what = make("span", "what"), day = make("time", "", m.e);
    day.dateTime = m.e;
    when.append(left(m.e), " ", day);
    what.append(titleOf(m));
    addMark(what, m);
    row.append(when, what);
    due.append(row);
  });
  document.getElementById("none-due").hidden = ahead.length > 0;
}());
