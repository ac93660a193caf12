internal import ArgumentParser

extension ParsableCommand {
  /// Refuses an option whose path is empty, such as `--out "$UNSET"`.
  func checkNotEmpty(_ path: String?, _ option: String) throws {
    guard path?.isEmpty != true else {
      throw ValidationError("\(option) is empty; write a path, or leave \(option) out")
    }
  }
}
