/// Why a message was refused, or a round ended: the codes of `fsa1`, section 16.
///
/// One reason has one code wherever it occurs. A code says nothing that depends on a secret.
package enum AbortCode: UInt32, Sendable, CaseIterable {
  // Decoding.
  case truncated = 101
  case trailing = 102
  case magic = 103
  case kind = 104
  case limit = 105
  case range = 106
  case bitmap = 107
  case order = 108
  case scalar = 109
  case point = 110
  case padding = 111

  // Every message.
  case outOfOrder = 120
  case deadline = 121
  case transcript = 122
  case recipient = 123
  case signature = 124

  // The round's configuration.
  case coordinator = 201
  case authority = 202
  case notLogged = 203
  case revocation = 204
  case activeRound = 205
  case roundCounter = 206
  case roundsPerDay = 207
  case notOpen = 208
  case model = 209
  case plan = 210
  case ringBits = 211
  case dimension = 212
  case clip = 213
  case noise = 214
  case cohortFloor = 215
  case survivorFloor = 216
  case honestFloor = 217
  case collusion = 218
  case rule = 219
  case witnessSet = 220
  case beaconHistory = 221
  case ownCertificate = 222
  case notEligible = 223
  case budget = 224
  case eligibilityCeiling = 225

  // The cohort.
  case cohortSize = 301
  case duplicateLeaf = 303
  case ownLeaf = 304
  case reveal = 305
  case revealSignature = 306
  case neighborCount = 307
  case neighborLeaf = 308
  case certificate = 309
  case revoked = 310
  case neighborEligibility = 311
  case neighborSignature = 312
  case duplicateKey = 313
  case agreementKey = 314

  // The sharers.
  case fewSharers = 401
  case ownBit = 402
  case fewNeighbors = 403
  case notANeighbor = 404
  /// An event that a client records; it does not end the round.
  case boxRejected = 450

  // The survivors.
  case notASubset = 501
  case fewSurvivors = 502
  case secondSurvivorSet = 503

  // The quorum.
  case fewSignatures = 601
  case witnessSignature = 602

  // What the coordinator refuses.
  case unknownClient = 701
  case equivocation = 702
  case length = 703
  case vectorDigest = 704
  case unmaskEntry = 705

  // Why a round ends without a sum.
  case fewClients = 801
  case fewShares = 802
  case pointCheck = 803

  // Partial sums.
  case differentRound = 901
  case overlap = 902
  case count = 903
}
