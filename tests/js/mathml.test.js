import { equal, test } from "./harness.js";
import { mathOf } from "/static/js/mathml.js";

/** @param {string} inside */
const math = (inside) => `<math xmlns="http://www.w3.org/1998/Math/MathML">${inside}</math>`;

test("mathematics comes as a tree of its own each time", () => {
  const first = mathOf(math("<msub><mi>w</mi><mn>3,4</mn></msub>"));
  equal(first?.textContent, "w3,4");
  equal(first?.ownerDocument, document);
  equal(first === mathOf(math("<msub><mi>w</mi><mn>3,4</mn></msub>")), false);
});

test("anything else is refused whole", () => {
  for (const markup of ["", "words", "<p>no</p>", math("<script>alert(1)</script>"), math('<mi onclick="x()">x</mi>'), math('<mi href="javascript:x()">x</mi>'), "<math><mi>no namespace</mi></math>",
    math('<annotation-xml encoding="text/html"><img src="x" onerror="x()"/></annotation-xml>'), math("<mi>torn")]) equal(mathOf(markup), null);
});
