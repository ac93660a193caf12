import NumericalMethods
import ProfileModel
import TestSupport
import Testing

/// Losses against PyTorch in double precision, and against differences of themselves.
@Suite struct LossTests {
  private func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }

  /// A table whose rows are given: items with vectors of their own.
  private func table(_ vectors: [Float], _ biases: [Float], width: Int) -> ItemTable.Rows {
    var layout = ParameterLayout()
    let items = ItemTable(
      itemCount: biases.count, width: width, hasIdentity: true, fixed: [], in: &layout)
    var rows = ItemTable.Rows()
    items.forward(Array(0..<Int32(biases.count)), vectors + biases, into: &rows)
    return rows
  }

  @Test func fullSoftmax() throws {
    let golden = try EncoderVectors("full_softmax")
    var table = table(golden["vectors"], golden["biases"], width: 3)
    var (loss, hidden) = (FullSoftmaxLoss(), zeros(12))
    let found = loss.apply(
      golden["hidden"], targets: golden.indices("targets"), rows: 4, width: 3, weight: 1,
      table: &table, hiddenGradient: &hidden)
    expectClose([Float(found)], golden["output"])
    expectClose(hidden, golden["gradient.hidden"])
    expectClose(table.vectorGradients, golden["gradient.vectors"])
    expectClose(table.biasGradients, golden["gradient.biases"])
  }

  @Test(arguments: ["sampled_softmax", "pairwise", "logistic"])
  func candidates(name: String) throws {
    let golden = try EncoderVectors(name)
    let rule: CandidateLoss.Rule =
      switch name {
      case "sampled_softmax": .sampledSoftmax(logExcess: 1.6094379)
      case "pairwise": .pairwise
      default: .logistic
      }
    var table = table(golden["vectors"], golden["biases"], width: 3)
    var (loss, hidden) = (CandidateLoss(rule), zeros(12))
    let found = loss.apply(
      golden["hidden"], targets: golden.indices("targets"), rows: 4, width: 3, negatives: 3..<6,
      weight: 1, table: &table, hiddenGradient: &hidden)
    expectClose([Float(found)], golden["output"])
    expectClose(hidden, golden["gradient.hidden"])
    expectClose(table.vectorGradients, golden["gradient.vectors"])
    expectClose(table.biasGradients, golden["gradient.biases"])
  }

  @Test func contrastive() throws {
    let golden = try EncoderVectors("contrastive")
    var loss = ContrastiveLoss(temperature: 0.2)
    var (anchors, partners) = (zeros(20), zeros(20))
    let found = loss.apply(
      anchors: golden["anchors"], partners: golden["partners"], rows: 5, width: 4, weight: 1,
      anchorGradient: &anchors, partnerGradient: &partners)
    expectClose([Float(found)], golden["output"])
    expectClose(anchors, golden["gradient.anchors"])
    expectClose(partners, golden["gradient.partners"])
  }

  /// A user without any event has no direction; that must not become NaN.
  @Test func contrastiveOfZeroVectorsIsFinite() {
    var loss = ContrastiveLoss(temperature: 0.1)
    var (anchors, partners) = (zeros(6), zeros(6))
    let found = loss.apply(
      anchors: [0, 0, 0, 1, 2, 3], partners: [1, 0, 0, 0, 0, 0], rows: 2, width: 3, weight: 1,
      anchorGradient: &anchors, partnerGradient: &partners)
    #expect(found.isFinite)
    #expect((anchors + partners).allSatisfy { $0.isFinite })
    #expect(anchors[0..<3].allSatisfy { $0 == 0 })
  }

  /// Large logits neither overflow nor lose the loss: it grows like the distance to the label.
  @Test func logisticIsExactFarOut() {
    for (logit, label, loss, gradient) in [
      (Float(100), Float(0), 100.0, Float(1)), (-100, 1, 100, -1), (100, 1, 0, 0),
      (-100, 0, 0, 0), (0, 1, 0.6931471805599453, -0.5), (0, 0.25, 0.6931471805599453, 0.25),
      (1e30, 0, 1.0000000150474662e30, 1),
    ] {
      let found = LogisticLoss.value(logit, label: label)
      #expect(abs(found.loss - loss) <= 1e-12 * (1 + loss))
      #expect(abs(found.gradient - gradient) < 1e-6)
    }
  }

  /// The weight scales gradients and nothing else.
  @Test func weightScalesGradients() throws {
    let golden = try EncoderVectors("pairwise")
    var hidden = zeros(12)
    var doubled = zeros(12)
    for (weight, isSecond) in [(Float(1), false), (2, true)] {
      var table = table(golden["vectors"], golden["biases"], width: 3)
      var loss = CandidateLoss(.pairwise)
      var gradient = zeros(12)
      let found = loss.apply(
        golden["hidden"], targets: golden.indices("targets"), rows: 4, width: 3,
        negatives: 3..<6, weight: weight, table: &table, hiddenGradient: &gradient)
      expectClose([Float(found)], golden["output"])
      if isSecond { doubled = gradient } else { hidden = gradient }
    }
    expectClose(doubled, hidden.map { 2 * $0 })
  }
}
