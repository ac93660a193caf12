import CryptoPrimitives
import PlannedRounds
import ReleasedParts
import Testing

/// The one form of model versions, and what is none.
@Suite struct ModelStateTests {
  private let whole = ModelState(
    plan: Blake2b.digest([1]), popularity: Popularity(values: [1, 2, 0.5]),
    basis: ItemBasis(
      coordinateCount: 2, rank: 1, vectors: [0.5, -0.5], eigenvalues: [3], noiseEdge: 0.25),
    ranker: .init(weights: [1, 2], velocity: [0, -1], completedRounds: 4))

  @Test func aVersionReadsBackAsItWasWritten() throws {
    for state in [whole, ModelState.first(of: Bytes32())] {
      #expect(try ModelState(decoding: state.encoded) == state)
    }
    #expect(ModelState.first(of: Bytes32()).encoded != ModelState.first(of: whole.plan).encoded)
  }

  @Test func nothingButAVersionIsRead() {
    let bytes = whole.encoded
    for count in 0..<bytes.count {
      #expect(throws: ModelError.self) { try ModelState(decoding: Array(bytes.prefix(count))) }
    }
    #expect(throws: ModelError.self) { try ModelState(decoding: bytes + [0]) }
    // A count beyond all bytes, and a number that is none.
    var huge = bytes
    huge.replaceSubrange(40..<44, with: [255, 255, 255, 3])
    #expect(throws: ModelError.self) { try ModelState(decoding: huge) }
    var notFinite = bytes
    notFinite.replaceSubrange(44..<48, with: [0, 0, 192, 127])
    #expect(throws: ModelError.self) { try ModelState(decoding: notFinite) }
  }
}
