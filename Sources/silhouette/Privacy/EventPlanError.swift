/// Why a plan of mechanisms cannot be read.
enum EventPlanError: Error, Equatable, CustomStringConvertible {
  case notYAML(file: String, line: Int?, reason: String)
  /// Everything that is wrong, in order of the file.
  case problems([Problem])

  /// One thing that is wrong, where, and what would be right.
  struct Problem: Equatable, CustomStringConvertible {
    var file: String
    var line: Int?
    var column: Int?
    var key: String
    var fault: String

    var description: String {
      let place = [file, line.map(String.init), column.map(String.init)]
        .compactMap { $0 }.joined(separator: ":")
      return "\(place): \(key): \(fault)"
    }
  }

  var description: String {
    switch self {
    case .notYAML(let file, let line, let reason):
      "\(line.map { "\(file):\($0)" } ?? file): this is neither YAML nor JSON: \(reason)"
    case .problems(let problems): problems.map(\.description).joined(separator: "\n")
    }
  }
}
