import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import SeededRandomness
import Testing
import TestSupport

@testable import SecureAggregation

@Suite struct MaskTests {
  private func keys(_ count: Int, secret: UInt8 = 5) -> MaskKeys {
    var keys = MaskKeys(capacity: count)
    let secret = SecretBytes(known: [UInt8](repeating: secret, count: 32))
    for index in 0..<count {
      var message = LabeledMessage(.pair)
      message.append(UInt32(index))
      keys.append(
        derivedFrom: secret, message: message, index % 3 == 0 ? .subtracted : .added)
    }
    return keys
  }

  /// Slices at tile boundaries are masked as the whole is.
  @Test(arguments: [16, 20, 32]) func slicesAreMaskedAsTheWholeIs(bits: Int) {
    let modulus = RingModulus(bits: bits)
    let tile = MaskTile.coordinateCount(for: modulus)
    let count = 2 * tile + 77
    let vector = RingVector(
      reducing: (0..<count).map { UInt32($0) &* 2_654_435_761 }, modulus: modulus)
    let keys = keys(4)
    var whole = vector
    keys.apply(to: &whole)
    let parts = [0..<tile, tile..<2 * tile, 2 * tile..<count].map { range in
      var part = vector.slice(range)
      keys.apply(to: &part, from: range.lowerBound)
      return part
    }
    #expect(RingVector(joining: parts) == whole)
    #expect(whole != vector)
    keys.apply(to: &whole, inverted: true)
    #expect(whole == vector)
  }

  /// A change of one bit in what one client was shown leaves noise in the sum, not the sum.
  @Test func anyChangeOfTheTranscriptDestroysTheSum() throws {
    var random = RandomStream.seeded(1, label: "transcript")
    let modulus = RingModulus(bits: 32)
    let secrets = (0..<2).map { _ in ScalarBox(SecretScalar(random: &random)) }
    let points = secrets.map { $0.scalar.publicPoint }

    func masked(_ transcripts: [Bytes32]) throws -> RingVector {
      var sum = RingVector(zeros: 256, modulus: modulus)
      for own in 0..<2 {
        var keys = MaskKeys(capacity: 1)
        keys.appendPairwiseMask(
          of: try secrets[own].scalar.times(points[1 - own]),
          between: (points[0].encoding, points[1].encoding), in: transcripts[own],
          MaskSign(of: own, towards: 1 - own))
        keys.apply(to: &sum)
      }
      return sum
    }

    let base = TranscriptInputs()
    let agreed = try base.transcript()
    #expect(try masked([agreed, agreed]).words.allSatisfy { $0 == 0 })
    for change in TranscriptInputs.changes {
      var changed = base
      change(&changed)
      let other = try changed.transcript()
      #expect(other != agreed)
      let left = try masked([agreed, other])
      // A zero word has probability 2^-32: false failure below 256 * 2^-32 for each change.
      #expect(left.words.allSatisfy { $0 != 0 })
    }
  }

  /// One upload is uniform in every coordinate, whatever the contribution.
  @Test func anUploadIsUniform() async throws {
    let federation = try Federation(3, dimension: 100_000, ringBits: 16)
    let round = PlayedRound(federation)
    round.play()
    round.play()
    let delivery = try #require(round.deliveries[0])
    let zeros = RingVector(zeros: 100_000, modulus: federation.config.modulus)
    let time = federation.time(of: .input)
    let actions = round.clients[0].client.input(delivery, contribution: zeros, at: time)
    guard case .upload(let input)? = actions.last else {
      Issue.record("no upload: \(actions)")
      return
    }
    var low = [Double](repeating: 0, count: 256)
    var high = low
    for word in input.vector.words {
      low[Int(word & 0xFF)] += 1
      high[Int(word >> 8)] += 1
    }
    let expected = [Double](repeating: 100_000 / 256, count: 256)
    // False failure below 10^-6 each.
    for observed in [low, high] {
      #expect(
        ChiSquare.statistic(observed: observed, expected: expected)
          <= ChiSquare.criticalValue(degreesOfFreedom: 255))
    }
  }

  /// Uploads in pieces are the upload as a whole, and can be made again.
  @Test func piecesOfAnUploadJoinToIt() throws {
    let federation = try Federation(3, dimension: 20_003, ringBits: 20)
    let round = PlayedRound(federation)
    round.play()
    round.play()
    let delivery = try #require(round.deliveries[1])
    let actions = round.clients[1].client.input(
      delivery, contribution: federation.contribution(of: 1), at: federation.time(of: .input))
    guard case .upload(let input)? = actions.last else {
      Issue.record("no upload: \(actions)")
      return
    }
    let whole = input.encoded
    #expect(whole.count == input.byteCount && input.digest == Blake2b.digest(whole))
    for size in [1, 7, 143, 144, 145, 1000, 16_384, whole.count] {
      let starts = stride(from: 0, to: size < 100 ? 500 : whole.count, by: size)
      for start in starts {
        #expect(input.bytes(from: start, count: size) == Array(whole[start...].prefix(size)))
      }
    }
    // The end, and what is behind it.
    #expect(input.bytes(from: whole.count - 3, count: 50) == Array(whole.suffix(3)))
    #expect(input.bytes(from: whole.count, count: 1).isEmpty)
    #expect(input.byteCount == InputHeader.byteCount + (20_003 + 7) / 8 * 20)
  }
}

private final class ScalarBox {
  let scalar: SecretScalar
  init(_ scalar: consuming SecretScalar) { self.scalar = scalar }
}

/// Everything that T3 binds.
private struct TranscriptInputs {
  var terms = RoundTerms()
  var leaves = (0..<5).map { Blake2b.digest([$0]) }
  var seed = Bytes32()
  var parameters = GraphParameters(cohortSize: 5, faults: .c500d500, rule: .agreement)
  var sharers = CohortSet(0..<5, cohortSize: 5)

  func transcript() throws -> Bytes32 {
    let gathered = Transcript.gathered(
      Transcript.configured(try RoundConfig(terms)), cohort: CohortTree(leaves))
    return Transcript.shared(
      Transcript.connected(gathered, seed: seed, parameters: parameters), sharers: sharers)
  }

  static let changes: [@Sendable (inout TranscriptInputs) -> Void] = [
    { $0.terms.task = one },
    { $0.terms.round ^= 2 },
    { $0.terms.nonce = one },
    { $0.terms.coordinator = VerificationKey(encoding: one) },
    { $0.terms.authority = VerificationKey(encoding: one) },
    { $0.terms.revocationDigest = one },
    { $0.terms.modelHash = one },
    { $0.terms.planHash = one },
    { $0.terms.rotationSeed = one },
    { $0.terms.dimension ^= 2 },
    { $0.terms.ringBits = 16 },
    { $0.terms.clipNorm = Double(bitPattern: $0.terms.clipNorm.bitPattern ^ 1) },
    { $0.terms.scale = Double(bitPattern: $0.terms.scale.bitPattern ^ 1) },
    { $0.terms.squaredNormBound ^= 2 },
    { $0.terms.leastHonest ^= 2 },
    { $0.terms.dropout = 1000 },
    { $0.terms.deadlines[4] ^= 1 },
    { $0.leaves[4] = one },
    { $0.leaves.swapAt(0, 1) },
    { $0.seed = one },
    { $0.parameters = GraphParameters(cohortSize: 6, faults: .c500d500, rule: .agreement) },
    { $0.sharers = CohortSet(0..<4, cohortSize: 5) },
  ]

  private static let one = Bytes32([1] + [UInt8](repeating: 0, count: 31)) ?? Bytes32()
}

extension PlayedClient {
  /// What a client makes of an Inbox and a given contribution.
  mutating func input(
    _ message: [UInt8], contribution: RingVector, at time: UInt64
  ) -> [ClientAction] {
    _ = machine.received(message, at: time, randomness: &randomness)
    return machine.contribute(contribution, at: time)
  }
}
