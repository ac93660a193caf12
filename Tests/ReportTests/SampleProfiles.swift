@testable import Report

/// Three invented people.
enum SampleProfiles {
  static let all: [RunFigures.ProfileFigures] = [
    .init(
      label: "Person 196", events: 39, vector: [0.42, -0.2, 0.11, 0.31, -0.05, 0.08, -0.12],
      tags: [
        .init(name: "Film noir", score: 2.41), .init(name: "Mystery", score: 1.7),
        .init(name: "War", score: 1.31),
      ],
      categories: [
        .init(name: "Drama", score: 0.34), .init(name: "Thriller", score: 0.22),
        .init(name: "Mystery", score: 0.17), .init(name: "Comedy", score: 0.11),
      ],
      priceLevel: 0.72, recencyDays: 3.4, frequencyPerWeek: 5.2, intensity: 13,
      recommendations: [
        .init(
          title: "The Third Man (1949)", categories: ["Mystery", "Thriller"], score: 3.1,
          reasons: ["Laura (1944)", "Chinatown (1974)"]),
        .init(
          title: "Notorious (1946)", categories: ["Film noir", "Romance"], score: 2.8,
          reasons: ["Vertigo (1958)"]),
        .init(title: "Touch of Evil (1958)", categories: ["Crime"], score: 2.6, reasons: []),
      ], heldOut: "Notorious (1946)", heldOutRank: 2),
    .init(
      label: "Person 22", events: 128, vector: [-0.31, 0.05, 0.44, -0.1, 0.2, -0.22, 0.03],
      tags: [.init(name: "Science fiction", score: 1.92), .init(name: "Action", score: 1.4)],
      categories: [
        .init(name: "Action", score: 0.41), .init(name: "Science fiction", score: 0.29),
        .init(name: "Adventure", score: 0.2),
      ],
      priceLevel: nil, recencyDays: 0.5, frequencyPerWeek: 64, intensity: 64,
      recommendations: [
        .init(
          title: "The Fugitive (1993)", categories: ["Action"], score: 4.0,
          reasons: ["Die Hard (1988)", "The Rock (1996)", "True Lies (1994)"]),
        .init(
          title: "Aliens (1986)", categories: ["Action", "Science fiction", "War"], score: 3.6,
          reasons: ["Alien (1979)", "The Terminator (1984)"]),
        .init(
          title: "Jurassic Park (1993)", categories: ["Adventure"], score: 3.3,
          reasons: ["Star Wars (1977)"]),
      ], heldOut: "Stargate (1994)", heldOutRank: 37),
    .init(
      label: "Person 405", events: 737, vector: [0.05, 0.35, -0.28, 0.02, 0.3, 0.1, -0.4],
      tags: [
        .init(name: "Children", score: 1.61), .init(name: "Musical", score: 1.44),
        .init(name: "Animation", score: 1.38),
      ],
      categories: [
        .init(name: "Comedy", score: 0.36), .init(name: "Children", score: 0.24),
        .init(name: "Musical", score: 0.12),
      ],
      priceLevel: 0.2, recencyDays: nil, frequencyPerWeek: nil, intensity: nil,
      recommendations: [
        .init(
          title: "Mary Poppins (1964)", categories: ["Children", "Musical"], score: 2.2,
          reasons: ["The Sound of Music (1965)"]),
        .init(
          title: "Babe (1995)", categories: ["Children", "Comedy"], score: 2.1,
          reasons: ["Toy Story (1995)", "Homeward Bound (1993)"]),
      ], heldOut: "Aladdin (1992)", heldOutRank: 6),
  ]
}
