# Checks the layer rules of ARCHITECTURE.md. Reads Package.swift, then the files under Sources.
# Usage, from the root of the repository: awk -f scripts/layers.awk Package.swift
#
# POSIX awk only: it runs on a machine that has nothing but the Swift toolchain.

function problem(text) {
  print "lint: " text > "/dev/stderr"
  problems++
}

# Takes one complete `module("X", layer: N, [...])` call.
function take(call,    name, layer, rest) {
  match(call, /"[A-Za-z0-9_]+"/)
  name = substr(call, RSTART + 1, RLENGTH - 2)
  rest = substr(call, RSTART + RLENGTH)
  if (!match(rest, /layer: *[0-9]+/)) {
    problem("Package.swift: module " name " states no layer")
    return
  }
  layer = substr(rest, RSTART, RLENGTH)
  sub(/layer: */, "", layer)
  rest = substr(rest, RSTART + RLENGTH)
  layers[name] = layer + 0
  order[++count] = name
  while (match(rest, /"[A-Za-z0-9_]+"/)) {
    dependencies[name] = dependencies[name] " " substr(rest, RSTART + 1, RLENGTH - 2)
    rest = substr(rest, RSTART + RLENGTH)
  }
}

# Whether `from` reaches `to` over dependencies; leaves the way there in `trail`.
function reaches(from, to,    parts, n, i) {
  if (from in visited) return 0
  visited[from] = 1
  n = split(dependencies[from], parts, " ")
  for (i = 1; i <= n; i++) {
    if (parts[i] == to || reaches(parts[i], to)) {
      trail = parts[i] (trail == "" ? "" : " -> " trail)
      return 1
    }
  }
  return 0
}

function forbid(from, to, reason) {
  split("", visited)
  trail = ""
  if (reaches(from, to)) problem("Package.swift: " from " -> " trail ": " reason)
}

# Reads the imports of every file of a directory of Sources.
function check_imports(directory,    listing, file, line, number, words, n, i, imported) {
  listing = "find Sources/" directory " -name '*.swift' | sort"
  while ((listing | getline file) > 0) {
    number = 0
    while ((getline line < file) > 0) {
      number++
      if (line !~ /^[ \t]*(@[A-Za-z_()]+ +)*((public|package|internal|fileprivate|private) +)?import +/) continue
      sub(/^.*import +((class|struct|enum|protocol|func|var|let|typealias) +)?/, "", line)
      split(line, words, /[^A-Za-z0-9_]/)
      check_import(directory, words[1], file ":" number)
      files++
    }
    close(file)
  }
  close(listing)
}

function check_import(directory, imported, place) {
  # The package manager lets a target import what it merely reaches; that would go round the layers.
  if ((directory in layers) && (imported in layers) && index(dependencies[directory] " ", " " imported " ") == 0)
    problem(place ": " directory " imports " imported ", which Package.swift does not list for it")
  if (imported == "CSodium" && directory != "CryptoPrimitives")
    problem(place ": only CryptoPrimitives may import CSodium; use its types instead")
  if (imported ~ /^Foundation/ && (directory in layers) && layers[directory] <= 4)
    problem(place ": " directory " is in layer " layers[directory] "; layers 0 to 4 import no Foundation")
}

/^ *module\(/ { call = ""; open_call = 1; depth = 0 }

open_call {
  line = $0
  sub(/\/\/.*/, "", line)
  call = call line
  for (i = 1; i <= length(line); i++) {
    character = substr(line, i, 1)
    if (character == "(") depth++
    if (character == ")") depth--
  }
  if (depth == 0) { take(call); open_call = 0 }
}

END {
  if (count < 10) problem("Package.swift: found " count + 0 " modules; has module(...) changed its form?")
  for (m = 1; m <= count; m++) {
    name = order[m]
    n = split(dependencies[name], parts, " ")
    for (i = 1; i <= n; i++) {
      # System libraries, C targets and products of other packages have no layer.
      if ((parts[i] in layers) && layers[parts[i]] >= layers[name])
        problem("Package.swift: " name " (layer " layers[name] ") depends on " parts[i] \
          " (layer " layers[parts[i]] "); a dependency must have a lower layer")
    }
  }
  coordinator = "the coordinator's half must not reach behaviour or the device's half"
  forbid("FederatedTasks", "Behavior", coordinator)
  forbid("FederatedTasks", "ProfileModel", coordinator)
  forbid("FederatedTasks", "DeviceTasks", coordinator)
  behavior = "behavior must not come near the network or the coordinator"
  split("CoordinatorNode WitnessNode WireProtocol Storage FederatedRounds SecureAggregation TransparencyLog", closed, " ")
  for (m in closed) {
    forbid(closed[m], "Behavior", behavior)
    forbid(closed[m], "DeviceTasks", behavior)
    forbid(closed[m], "ProfileModel", behavior)
  }
  forbid("ClientNode", "Behavior", "what talks to the network must not see behavior")
  forbid("ClientNode", "DeviceProfiling", "what talks to the network must not see behavior")
  forbid("DeviceProfiling", "WireProtocol", "what works on behavior must not reach the network")
  forbid("DeviceProfiling", "ClientNode", "what works on behavior must not reach the network")
  forbid("CoordinatorNode", "DeviceProfiling", "a coordinator must not link the device")
  forbid("CoordinatorNode", "ClientNode", "a coordinator must not link the device")
  forbid("ClientNode", "CoordinatorNode", "a device must not link the coordinator")
  forbid("WitnessNode", "CoordinatorNode", "a witness is independent of the coordinator")
  forbid("WitnessNode", "ClientNode", "a witness must not link the device")
  forbid("Simulator", "CoordinatorNode", "simulated rounds must not reach network code")
  forbid("Simulator", "ClientNode", "simulated rounds must not reach network code")
  forbid("Simulator", "DatasetFetching", "simulated rounds must not reach network code")
  listing = "ls Sources"
  while ((listing | getline directory) > 0) check_imports(directory)
  close(listing)
  if (files == 0) problem("Sources: found no import; is this the root of the repository?")
  if (problems) exit 1
  print "lint: " count " modules keep their layers, and their imports are allowed"
}
