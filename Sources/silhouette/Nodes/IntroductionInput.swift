internal import Foundation
internal import WireProtocol

/// The files that operators of coordinators and witnesses hand to each other.
enum IntroductionInput {
  /// What a file holds, read by `decode`.
  ///
  /// - Parameter maker: the command whose output the file is.
  static func read<Value>(
    _ file: String, maker: String, _ decode: ([UInt8]) throws(WireError) -> Value
  ) throws -> Value {
    guard let bytes = FileManager.default.contents(atPath: file) else {
      throw CommandFailure.inputMissing(
        file: file, reason: "cannot be read", remedy: "write the path of what `\(maker)` printed")
    }
    do { return try decode([UInt8](bytes)) } catch {
      throw IntroductionFault(file: file, maker: maker, fault: error)
    }
  }
}

/// A file that is not what the other operator's command has printed.
struct IntroductionFault: Error, Equatable, CustomStringConvertible {
  let file: String
  let maker: String
  let fault: WireError

  var description: String { "\(file): \(fault); ask for what `\(maker)` prints, unchanged" }
}
