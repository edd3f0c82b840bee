// Run in the page: what a script can see of WCAG AA. Returns sentences about what is wrong.
() => {
  const problems = [];
  const visible = (node) => {
    const box = node.getBoundingClientRect();
    const style = getComputedStyle(node);
    return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && !node.closest("[hidden]");
  };
  const describe = (node) => `${node.tagName.toLowerCase()}${node.id ? `#${node.id}` : ""}.${node.className || ""} «${(node.textContent || "").trim().slice(0, 30)}»`;

  const nameOf = (node) => {
    const by = node.getAttribute("aria-labelledby");
    if (by) return document.getElementById(by)?.textContent.trim();
    const labels = node.labels ? [...node.labels].map((label) => label.textContent).join(" ") : "";
    return (node.getAttribute("aria-label") || labels || node.getAttribute("alt") || node.textContent || "").trim();
  };
  for (const node of document.querySelectorAll("button, a, select, textarea, [role=log], [role=menu], [role=tablist], [role=region], [role=tabpanel], [role=group]")) {
    if (visible(node) && !nameOf(node)) problems.push(`no name: ${describe(node)}`);
  }
  for (const picture of document.querySelectorAll("img")) {
    if (!picture.hasAttribute("alt")) problems.push(`no alt: ${describe(picture)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) problems.push(`id twice: ${id}`);

  for (const node of document.querySelectorAll("button, select, textarea, .row > *")) {
    if (!visible(node) || node.closest(".text")) continue;
    const box = node.getBoundingClientRect();
    if (box.width < 24 || box.height < 24) problems.push(`too small to touch: ${describe(node)}`);
  }

  const painter = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    painter.clearRect(0, 0, 1, 1);
    painter.fillStyle = colour;
    painter.fillRect(0, 0, 1, 1);
    return [...painter.getImageData(0, 0, 1, 1).data];
  };
  const over = ([r, g, b, a], [r2, g2, b2]) => [r, g, b].map((value, at) => (value * a + [r2, g2, b2][at] * (255 - a)) / 255);
  const background = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [bright, dark] = [light(one), light(other)].sort((a, b) => b - a);
    return (bright + 0.05) / (dark + 0.05);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !visible(node) || getComputedStyle(node.closest(".toast") || node).opacity === "0") continue;
    const behind = background(node);
    const style = getComputedStyle(node);
    const found = contrast(over(rgba(style.color), behind), behind);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (found < (large ? 3 : 4.5)) problems.push(`contrast ${found.toFixed(2)}: ${describe(node)}`);
  }
  for (const node of document.querySelectorAll("textarea, .row > *")) {
    if (!visible(node)) continue;
    const line = over(rgba(getComputedStyle(node).borderTopColor), background(node.parentElement));
    const found = Math.max(contrast(line, background(node.parentElement)), contrast(background(node), background(node.parentElement)));
    if (node.tagName === "TEXTAREA" && found < 3) problems.push(`border contrast ${found.toFixed(2)}: ${describe(node)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) problems.push(`wider than the screen: ${document.documentElement.scrollWidth}`);
  return problems;
}
