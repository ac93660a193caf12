/// Why a scenario cannot be run.
package enum ScenarioError: Error, Equatable, CustomStringConvertible {
  /// The file is not YAML; `line` is missing only where the parser knows none.
  case notYAML(file: String, line: Int?, column: Int?, reason: String)
  /// A key stands more than once in one section.
  case repeatedKeys(file: String, line: Int, column: Int, keys: [String])
  /// The file is YAML but not a scenario: everything that is wrong, in order of the file.
  case problems([ScenarioProblem])

  /// One line for each thing that is wrong.
  package var description: String {
    switch self {
    case .notYAML(let file, let line, let column, let reason):
      let place = [file, line.map(String.init), column.map(String.init)]
        .compactMap { $0 }.joined(separator: ":")
      return "\(place): this is not YAML: \(reason); mend the file, see simulations/ for examples"
    case .repeatedKeys(let file, let line, let column, let keys):
      return
        "\(file):\(line):\(column): \(keys.joined(separator: ", ")) stands twice in the section "
        + "that begins here; keep one"
    case .problems(let problems):
      return problems.map(\.description).joined(separator: "\n")
    }
  }
}

/// One thing that is wrong with a scenario: where, at which key, and what would be right.
package struct ScenarioProblem: Sendable, Equatable, CustomStringConvertible {
  /// Where a setting was written.
  package enum Place: Sendable, Equatable, CustomStringConvertible {
    case line(file: String, line: Int, column: Int)
    /// An override on the command line, as it was given.
    case override(String)
    /// Nowhere: the setting has its default, or is missing.
    case file(String)

    package var description: String {
      switch self {
      case .line(let file, let line, let column): "\(file):\(line):\(column)"
      case .override(let text): "--set \(text)"
      case .file(let file): file
      }
    }
  }

  /// What is wrong.
  package enum Fault: Sendable, Equatable {
    case unknownKey(suggestion: String?, known: [String])
    case overrideWithoutValue
    case missing(expected: String)
    case wrongType(found: String, expected: String)
    case missingUnit(found: String)
    case outOfRange(found: String, expected: String)
    case unknownChoice(found: String, suggestion: String?, choices: [String])
    case splitDoesNotSumToOne(sum: Double)
    /// A setting that makes no sense beside another one.
    case conflict(found: String, with: ScenarioKey, other: String, expected: String)
  }

  /// What stands for a missing value where one was found at fault.
  static let nothing = "nothing"

  package let place: Place
  /// The path of the key, for example `privacy.epsilon`.
  package let keyPath: String
  package let fault: Fault

  package var description: String { "\(place): \(keyPath): \(fault.explanation)" }
}

extension ScenarioProblem.Fault {
  /// What is wrong and what would be right, in one sentence.
  var explanation: String {
    switch self {
    case .unknownKey(let suggestion, let known):
      "unknown key; "
        + (suggestion.map { "did you mean \($0)?" }
          ?? "known here are \(known.joined(separator: ", "))")
    case .overrideWithoutValue:
      "an override is written key.path=value, for example --set privacy.epsilon=1"
    case .missing(let expected):
      "is missing; write \(expected)"
    case .wrongType(let found, let expected):
      found == ScenarioProblem.nothing
        ? "has no value; write \(expected)" : "\(found) is of the wrong type; write \(expected)"
    case .missingUnit(let found):
      "\(found) needs a unit; write \(found) d for days, \(found) h for hours or \(found) w for weeks"
    case .outOfRange(let found, let expected):
      "\(found) is not possible; write \(expected)"
    case .unknownChoice(let found, let suggestion, let choices):
      "\(found) is not known; "
        + (suggestion.map { "did you mean \($0)?" } ?? "write \(choices.joined(separator: " or "))")
    case .splitDoesNotSumToOne(let sum):
      "the four shares sum to \(CanonicalNumber.text(sum)); change them so that they sum to 1"
    case .conflict(let found, let key, let other, let expected):
      "\(found) does not go with \(key.rawValue) \(other); \(expected)"
    }
  }
}
