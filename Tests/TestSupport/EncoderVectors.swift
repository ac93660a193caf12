internal import Foundation

/// One file of protocols/vectors/encoder: flat lists of numbers by name, as PyTorch computed them.
package struct EncoderVectors: Sendable {
  private let lists: [String: [Float]]

  /// - Parameter name: of the file, without its ending.
  package init(_ name: String) throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appending(path: "protocols/vectors/encoder/\(name).json")
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: path))
    var lists: [String: [Float]] = [:]
    for (key, value) in (object as? [String: Any]) ?? [:] {
      if let numbers = value as? [Double] { lists[key] = numbers.map { Float($0) } }
    }
    self.lists = lists
  }

  /// A list that the file must have.
  package subscript(_ name: String) -> [Float] {
    guard let list = lists[name] else { preconditionFailure("no list \(name)") }
    return list
  }

  /// The same list as indices.
  package func indices(_ name: String) -> [Int32] { self[name].map { Int32($0) } }
}
