import NumericalMethods
import ProfileModel
import TestSupport
import Testing

/// Layers against PyTorch in double precision: outputs and all gradients to 1e-4.
@Suite struct LayerParityTests {
  private func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }

  @Test func linear() throws {
    let golden = try EncoderVectors("linear")
    var layout = ParameterLayout()
    let layer = LinearLayer("layer", inputs: 3, outputs: 4, in: &layout)
    let parameters = parameters(of: layout, from: golden)
    var (y, dx, gradients) = (zeros(20), zeros(15), zeros(layout.count))
    layer.forward(golden["x"], rows: 5, parameters, into: &y)
    layer.accumulate(golden["x"], outputGradient: golden["weight"], rows: 5, into: &gradients)
    layer.propagate(outputGradient: golden["weight"], rows: 5, parameters, into: &dx)
    expectClose(y, golden["output"])
    expectClose(dx, golden["gradient.x"])
    expectGradients(gradients, of: layout, match: golden)
  }

  /// The golden layer has the correction alone: W is zero, and x is multiplied by what takes its place.
  @Test func lowRankAdapter() throws {
    let golden = try EncoderVectors("low_rank_adapter")
    var layout = ParameterLayout()
    let weight = layout.add("layer", rows: 3, columns: 4, .zeros)
    let adapter = LowRankAdapter(weight, rank: 2, in: &layout)
    let parameters = zeros(12) + golden["layer.down"] + golden["layer.up"]
    var corrected = parameters
    adapter.apply(parameters, to: &corrected)
    let (x, gy) = (golden["x"], golden["weight"])
    let (input, output) = (MatrixPlace(rows: 5, columns: 4), MatrixPlace(rows: 5, columns: 3))
    var (y, dx, gradients) = (zeros(15), zeros(20), zeros(layout.count))
    DenseKernels.multiply(
      x, .init(input), by: corrected, .init(weight.place, transposed: true), into: &y, output)
    DenseKernels.multiply(gy, .init(output), by: corrected, .init(weight.place), into: &dx, input)
    DenseKernels.multiply(
      gy, .init(output, transposed: true), by: x, .init(input), into: &gradients, weight.place)
    adapter.fold(parameters, into: &gradients)
    expectClose(y, golden["output"])
    expectClose(dx, golden["gradient.x"])
    expectClose(gradients[adapter.down.range], golden["gradient.layer.down"])
    expectClose(gradients[adapter.up.range], golden["gradient.layer.up"])
  }

  @Test func layerNormalization() throws {
    let golden = try EncoderVectors("layer_norm")
    var layout = ParameterLayout()
    let layer = LayerNormalization("layer", columns: 6, in: &layout)
    let parameters = parameters(of: layout, from: golden)
    var found = layer.activations(capacity: 4)
    var (dx, gradients) = (zeros(24), zeros(layout.count))
    layer.forward(golden["x"], rows: 4, parameters, into: &found)
    layer.backward(
      outputGradient: golden["weight"], rows: 4, parameters, found, gradients: &gradients,
      inputGradient: &dx)
    expectClose(found.output, golden["output"])
    expectClose(dx, golden["gradient.x"])
    expectGradients(gradients, of: layout, match: golden)
  }

  @Test func feedForward() throws {
    let golden = try EncoderVectors("feed_forward")
    var layout = ParameterLayout()
    let layer = FeedForward("layer", width: 4, inner: 7, in: &layout)
    let parameters = parameters(of: layout, from: golden)
    var found = layer.activations(capacity: 5)
    var (dx, gradients) = (zeros(20), zeros(layout.count))
    layer.forward(
      golden["x"], rows: 5, parameters, dropout: .none, place: 0, into: &found)
    layer.backward(
      golden["x"], outputGradient: golden["weight"], rows: 5, parameters, dropout: .none,
      place: 0, &found, gradients: &gradients, inputGradient: &dx)
    expectClose(found.output, golden["output"])
    expectClose(dx, golden["gradient.x"])
    expectGradients(gradients, of: layout, match: golden)
  }

  @Test func causalSelfAttention() throws {
    let golden = try EncoderVectors("causal_self_attention")
    var layout = ParameterLayout()
    let layer = CausalSelfAttention("layer", width: 6, heads: 2, in: &layout)
    let parameters = parameters(of: layout, from: golden)
    let sequences = PackedSequences(lengths: [4, 3])
    var found = layer.activations(capacity: 7, longest: 4)
    var (dx, gradients) = (zeros(42), zeros(layout.count))
    layer.forward(
      golden["x"], sequences, parameters, dropout: .none, place: 0, into: &found)
    layer.backward(
      golden["x"], outputGradient: golden["weight"], sequences, parameters, dropout: .none,
      place: 0, &found, gradients: &gradients, inputGradient: &dx)
    expectClose(found.output, golden["output"])
    expectClose(dx, golden["gradient.x"])
    expectGradients(gradients, of: layout, match: golden)
  }

  @Test func transformerBlock() throws {
    let golden = try EncoderVectors("transformer_block")
    var layout = ParameterLayout()
    let layer = TransformerBlock("layer", width: 6, heads: 3, inner: 8, in: &layout)
    let parameters = parameters(of: layout, from: golden)
    let sequences = PackedSequences(lengths: [5, 3])
    var found = layer.activations(capacity: 8, longest: 5)
    var (x, stream, gradients) = (golden["x"], golden["weight"], zeros(layout.count))
    layer.forward(&x, sequences, parameters, dropout: .none, place: 0, into: &found)
    layer.backward(
      &stream, sequences, parameters, dropout: .none, place: 0, &found, gradients: &gradients)
    expectClose(x, golden["output"])
    expectClose(stream, golden["gradient.x"])
    expectGradients(gradients, of: layout, match: golden)
  }

  @Test(arguments: ["gru", "augru"]) func gatedRecurrence(name: String) throws {
    let golden = try EncoderVectors(name)
    var layout = ParameterLayout()
    let layer = GatedRecurrence("layer", inputs: 4, width: 3, in: &layout)
    let parameters = parameters(of: layout, from: golden)
    let sequences = PackedSequences(lengths: name == "gru" ? [4, 2] : [3, 2])
    let rows = sequences.rowCount
    let attention = name == "gru" ? nil : golden["attention"]
    var found = layer.activations(capacity: rows, sequences: 2)
    var (dx, gradients) = (zeros(rows * 4), zeros(layout.count))
    layer.forward(golden["x"], sequences, parameters, attention: attention, into: &found)
    expectClose(found.output, golden["output"])
    layer.backward(
      golden["x"], outputGradient: golden["weight"], sequences, parameters, attention: attention,
      &found, gradients: &gradients, inputGradient: &dx)
    expectClose(dx, golden["gradient.x"])
    expectGradients(gradients, of: layout, match: golden)
    if attention != nil { expectClose(found.attentionGradient, golden["gradient.attention"]) }
  }

  @Test func targetAttention() throws {
    let golden = try EncoderVectors("target_attention")
    var layout = ParameterLayout()
    let layer = TargetAttention("layer", width: 3, hidden: 4, in: &layout)
    let parameters = parameters(of: layout, from: golden)
    var found = layer.activations(capacity: 5)
    var (events, candidate, gradients) = (zeros(15), zeros(3), zeros(layout.count))
    layer.forward(
      events: golden["events"], rows: 5, candidate: golden["candidate"], parameters, into: &found)
    layer.backward(
      events: golden["events"], rows: 5, candidate: golden["candidate"],
      outputGradient: golden["weight"], parameters, &found, gradients: &gradients,
      eventGradient: &events, candidateGradient: &candidate)
    expectClose(found.output, golden["output"])
    expectClose(found.attention, golden["shares"])
    expectClose(events, golden["gradient.events"])
    expectClose(candidate, golden["gradient.candidate"])
    expectGradients(gradients, of: layout, match: golden)
  }

  @Test func interestReadout() throws {
    let golden = try EncoderVectors("interest_readout")
    var layout = ParameterLayout()
    let layer = InterestReadout("layer", interests: 3, width: 4, in: &layout)
    let parameters = parameters(of: layout, from: golden)
    var found = layer.activations(capacity: 5)
    var (events, gradients) = (zeros(20), zeros(layout.count))
    layer.forward(events: golden["events"], rows: 5, parameters, into: &found)
    layer.backward(
      events: golden["events"], rows: 5, outputGradient: golden["weight"], parameters, &found,
      gradients: &gradients, eventGradient: &events)
    expectClose(found.output, golden["output"])
    expectClose(events, golden["gradient.events"])
    expectGradients(gradients, of: layout, match: golden)
  }

  @Test(arguments: [ViewFusion.Rule.gated, .weighted, .stacked])
  func viewFusion(rule: ViewFusion.Rule) throws {
    let golden = try EncoderVectors("view_fusion_\(rule)")
    var layout = ParameterLayout()
    let layer = ViewFusion("layer", rule, views: 3, width: 5, in: &layout)
    let parameters = parameters(of: layout, from: golden)
    var found = layer.activations(capacity: 4)
    var (dx, gradients) = (zeros(60), zeros(layout.count))
    layer.forward(golden["x"], rows: 4, parameters, into: &found)
    layer.backward(
      golden["x"], outputGradient: golden["weight"], rows: 4, parameters, &found,
      gradients: &gradients, inputGradient: &dx)
    expectClose(found.output, golden["output"])
    expectClose(dx, golden["gradient.x"])
    expectGradients(gradients, of: layout, match: golden)
  }

  @Test func meanPooling() throws {
    let golden = try EncoderVectors("mean_pooling")
    let layer = MeanPooling(columns: 3)
    let sequences = PackedSequences(lengths: [4, 2])
    var (y, dx) = (zeros(18), zeros(18))
    layer.forward(golden["x"], sequences, into: &y)
    layer.backward(outputGradient: golden["weight"], sequences, into: &dx)
    expectClose(y, golden["output"])
    expectClose(dx, golden["gradient.x"])
  }
}
