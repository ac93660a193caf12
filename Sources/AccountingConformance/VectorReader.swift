package import Foundation

/// Reads folders of vectors strictly: an unknown field, name or type is an error, never skipped.
package enum VectorReader {
  /// All files of a folder that end in `.json`, by name.
  package static func read(folder: String) throws(VectorError) -> [VectorFile] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw .missingFolder(path: folder)
    }
    let files = names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.sorted()
    guard !files.isEmpty else { throw .noFiles(path: folder) }
    return try files.map { name throws(VectorError) in
      let bytes: Data
      do {
        bytes = try Data(contentsOf: URL(filePath: folder + "/" + name))
      } catch {
        throw .unreadable(file: name, reason: error.localizedDescription)
      }
      return try decode(bytes, file: name)
    }
  }

  /// One file; `file` is the name that errors give.
  package static func decode(_ bytes: Data, file: String) throws(VectorError) -> VectorFile {
    let document: VectorValue
    do {
      document = try JSONDecoder().decode(VectorValue.self, from: bytes)
    } catch DecodingError.dataCorrupted(let context) {
      let cause = context.underlyingError.map { "\($0)" } ?? context.debugDescription
      throw .notJSON(file: file, reason: cause)
    } catch {
      throw .notJSON(file: file, reason: "\(error)")
    }
    var top = try VectorFields(document, at: VectorPlace(file: file, caseID: nil, field: ""))
    let schema = top.optional("schema") ?? .null
    guard schema == .text(VectorFile.schema) else {
      throw .unknownSchema(file: file, found: schema.summary)
    }
    top.skip("notes")
    var result = VectorFile(name: file, title: try top.text("title"), orders: [], cases: [])
    if let orders = top.optional("orders_default") {
      result.orders = try VectorFields.numbers(orders, at: top.place.appending("orders_default"))
    }
    let methods = try VectorFields(try top.required("methods"), at: top.place.appending("methods"))
    let cases = try top.list("cases")
    try top.finish()
    var seen: Set<String> = []
    for (index, value) in cases.enumerated() {
      let one = try vectorCase(value, number: index, methods: Set(methods.names), file: file)
      guard seen.insert(one.id).inserted else {
        throw .duplicatedCase(VectorPlace(file: file, caseID: one.id, field: "id"))
      }
      result.cases.append(one)
    }
    return result
  }

  private static func vectorCase(
    _ value: VectorValue, number: Int, methods: Set<String>, file: String
  ) throws(VectorError) -> VectorCase {
    var place = VectorPlace(file: file, caseID: "number \(number + 1)", field: "")
    var unnamed = try VectorFields(value, at: place)
    place.caseID = try unnamed.text("id")
    var fields = try VectorFields(value, at: place)
    fields.skip("id", "source")
    let mechanism = try fields.text("mechanism")
    let adjacency = try fields.text("adjacency")
    let parameters = try fields.required("params")
    var results: [VectorResult] = []
    for (index, value) in try fields.list("results").enumerated() {
      results.append(
        try result(value, methods: methods, at: place.appending("results[\(index)]")))
    }
    try fields.finish()
    return VectorCase(
      id: place.caseID ?? "", mechanism: mechanism, adjacency: adjacency,
      parameters: parameters, results: results)
  }

  private static func result(
    _ value: VectorValue, methods: Set<String>, at place: VectorPlace
  ) throws(VectorError) -> VectorResult {
    var fields = try VectorFields(value, at: place)
    let quantity = try fields.text("quantity")
    let query = try fields.required("at")
    let valuesPlace = place.appending("values")
    var values = try VectorFields(try fields.required("values"), at: valuesPlace)
    var references: [VectorResult.Reference] = []
    for name in values.names {
      let place = valuesPlace.appending(name)
      guard methods.contains(name) else { throw .unknownWord(valuesPlace, found: "method \(name)") }
      let value = try values.required(name)
      if let one = try reference(value, method: name, at: place) { references.append(one) }
    }
    var bounds: [Double] = []
    if let value = fields.optional("bound") {
      bounds = try provenBounds(value, at: place.appending("bound"))
    }
    try fields.finish()
    return VectorResult(
      quantity: quantity, query: query, references: references, provenBounds: bounds)
  }

  /// The number of a method; nil where it is a table or a bracket.
  private static func reference(
    _ value: VectorValue, method: String, at place: VectorPlace
  ) throws(VectorError) -> VectorResult.Reference? {
    var fields = try VectorFields(value, at: place)
    let number = try fields.required("v")
    let error = try fields.optionalNumber("abs_err") ?? 0
    let isBelow = fields.optional("below_ref") == .bool(true)
    // Remarks, and what only auditing and samplers have.
    fields.skip(
      "differs", "contains_ref", "note", "mu", "forward", "backward", "tail_two_sided")
    try fields.finish()
    if case .list = number { return nil }
    return VectorResult.Reference(
      method: method, value: try VectorFields.number(number, at: place.appending("v")),
      error: error, isBelowTruth: isBelow)
  }

  /// Bounds whose name says that they are proven; the others are what a naive program would claim.
  private static func provenBounds(
    _ value: VectorValue, at place: VectorPlace
  ) throws(VectorError) -> [Double] {
    var fields = try VectorFields(value, at: place)
    var bounds: [Double] = []
    for name in ["gaussian_rdp_upper", "akl21_upper", "kls21_prop14_upper"] {
      if let bound = try fields.optionalNumber(name) { bounds.append(bound) }
    }
    fields.skip("gaussian_rdp", "gaussian_rdp_n_sigma2", "gaussian_is_unsound")
    try fields.finish()
    return bounds
  }
}
