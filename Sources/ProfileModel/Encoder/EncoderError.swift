/// What makes an encoder's input unusable.
package enum EncoderError: Error, Equatable, CustomStringConvertible {
  /// An event names an item that the item table does not have.
  case unknownItem(index: Int32, itemCount: Int)
  /// Lists that describe the same events have different lengths.
  case unequalLists(field: String, found: Int, expected: Int)
  /// A parameter vector belongs to another model.
  case wrongParameterCount(found: Int, expected: Int)
  /// A parameter is NaN or infinite.
  case parameterNotFinite(slot: String)
  /// Training left the finite numbers.
  case diverged(step: Int, learningRate: Double)
  /// A setting for which there is no model.
  case impossibleConfiguration(field: String, found: Int, expected: String)

  package var description: String {
    switch self {
    case .unknownItem(let index, let itemCount):
      "an event names item \(index) of a table of \(itemCount): drop the event, or use the "
        + "catalogue that the model was trained on"
    case .unequalLists(let field, let found, let expected):
      "\(found) values of \(field) for \(expected) events: give one for each"
    case .wrongParameterCount(let found, let expected):
      "\(found) parameters for a model of \(expected): use the checkpoint of this configuration"
    case .parameterNotFinite(let slot):
      "parameter \(slot) holds a value that is not finite: use the last sound checkpoint"
    case .diverged(let step, let learningRate):
      "training diverged in step \(step) at learning rate \(Float(learningRate)): lower the learning "
        + "rate, or the clip norm of gradients"
    case .impossibleConfiguration(let field, let found, let expected):
      "encoder setting \(field) is \(found): it must be \(expected)"
    }
  }
}
