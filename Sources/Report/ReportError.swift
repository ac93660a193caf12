/// Why a report could not be written.
package enum ReportError: Error, Equatable, CustomStringConvertible {
  /// The figure at `path` is infinite or not a number.
  case figureNotFinite(path: String)
  /// The encoder refused the figures for another reason.
  case encodingFailed(reason: String)

  package var description: String {
    switch self {
    case .figureNotFinite(let path):
      "the figure \(path) is not a finite number; leave it out (null) where nothing was measured"
    case .encodingFailed(let reason):
      "the figures cannot be written as JSON (\(reason)); please report this as a bug"
    }
  }
}
