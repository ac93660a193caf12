internal import NumericalMethods

/// Self-attention and feed-forward, each after a layer normalization and around a residual path.
///
/// - Source: Kang, McAuley 2018, "Self-attentive sequential recommendation", arXiv:1808.09781;
///   normalization before the layers as in Xiong et al. 2020, arXiv:2002.04745.
package struct TransformerBlock: Sendable {
  /// What forward keeps for backward, and backward's scratch space.
  package struct Activations: Sendable {
    var attentionNorm: LayerNormalization.Activations
    package var attention: CausalSelfAttention.Activations
    var feedForwardNorm: LayerNormalization.Activations
    var feedForward: FeedForward.Activations
    var branchGradient: [Float]
    var inputGradient: [Float]
  }

  let attentionNorm: LayerNormalization
  let attention: CausalSelfAttention
  let feedForwardNorm: LayerNormalization
  let feedForward: FeedForward
  package var width: Int { attention.width }

  package init(
    _ name: String, width: Int, heads: Int, inner: Int, in layout: inout ParameterLayout
  ) {
    attentionNorm = LayerNormalization(name + ".attentionNorm", columns: width, in: &layout)
    attention = CausalSelfAttention(name + ".attention", width: width, heads: heads, in: &layout)
    feedForwardNorm = LayerNormalization(name + ".feedForwardNorm", columns: width, in: &layout)
    feedForward = FeedForward(name + ".feedForward", width: width, inner: inner, in: &layout)
  }

  package func activations(capacity: Int, longest: Int) -> Activations {
    let branch = [Float](repeating: 0, count: capacity * width)
    return Activations(
      attentionNorm: attentionNorm.activations(capacity: capacity),
      attention: attention.activations(capacity: capacity, longest: longest),
      feedForwardNorm: feedForwardNorm.activations(capacity: capacity),
      feedForward: feedForward.activations(capacity: capacity), branchGradient: branch,
      inputGradient: branch)
  }

  /// The block's uses of dropout, numbered with room for one per matrix of attention.
  private struct Places {
    let attention, afterAttention, inner, afterFeedForward: UInt64

    init(from place: UInt64) {
      attention = place
      afterAttention = place &+ (1 << 40)
      inner = place &+ (2 << 40)
      afterFeedForward = place &+ (3 << 40)
    }
  }

  /// - Parameter x: the residual stream, changed in place. Shape: [rows, width].
  package func forward(
    _ x: inout [Float], _ sequences: PackedSequences, _ parameters: [Float], dropout: Dropout,
    place: UInt64, into found: inout Activations
  ) {
    let rows = sequences.rowCount
    let count = rows * width
    let places = Places(from: place)
    attentionNorm.forward(x, rows: rows, parameters, into: &found.attentionNorm)
    attention.forward(
      found.attentionNorm.output, sequences, parameters, dropout: dropout, place: places.attention,
      into: &found.attention)
    dropout.apply(&found.attention.output, count: count, place: places.afterAttention)
    NeuralKernels.axpy(1, found.attention.output, into: &x, count: count)
    feedForwardNorm.forward(x, rows: rows, parameters, into: &found.feedForwardNorm)
    feedForward.forward(
      found.feedForwardNorm.output, rows: rows, parameters, dropout: dropout, place: places.inner,
      into: &found.feedForward)
    dropout.apply(&found.feedForward.output, count: count, place: places.afterFeedForward)
    NeuralKernels.axpy(1, found.feedForward.output, into: &x, count: count)
  }

  /// Adds the gradients of the parameters.
  ///
  /// - Parameter gradient: of the residual stream, turned from the output's to the input's in place.
  package func backward(
    _ gradient: inout [Float], _ sequences: PackedSequences, _ parameters: [Float],
    dropout: Dropout, place: UInt64, _ found: inout Activations, gradients: inout [Float]
  ) {
    let rows = sequences.rowCount
    let count = rows * width
    let places = Places(from: place)
    NeuralKernels.copy(gradient, from: 0, into: &found.branchGradient, at: 0, count: count)
    dropout.apply(&found.branchGradient, count: count, place: places.afterFeedForward)
    feedForward.backward(
      found.feedForwardNorm.output, outputGradient: found.branchGradient, rows: rows, parameters,
      dropout: dropout, place: places.inner, &found.feedForward, gradients: &gradients,
      inputGradient: &found.inputGradient)
    feedForwardNorm.backward(
      outputGradient: found.inputGradient, rows: rows, parameters, found.feedForwardNorm,
      gradients: &gradients, inputGradient: &gradient)
    NeuralKernels.copy(gradient, from: 0, into: &found.branchGradient, at: 0, count: count)
    dropout.apply(&found.branchGradient, count: count, place: places.afterAttention)
    attention.backward(
      found.attentionNorm.output, outputGradient: found.branchGradient, sequences, parameters,
      dropout: dropout, place: places.attention, &found.attention, gradients: &gradients,
      inputGradient: &found.inputGradient)
    attentionNorm.backward(
      outputGradient: found.inputGradient, rows: rows, parameters, found.attentionNorm,
      gradients: &gradients, inputGradient: &gradient)
  }
}
