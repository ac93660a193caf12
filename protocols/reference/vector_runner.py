"""Builds clients and coordinators from the JSON of a round and plays cases against them."""

import configuration
import sodium
from client import Caller, Client, Policy, Store
from coordinator import Coordinator
from encoding import Reader
from messages import Advertise
from fsa1 import Stream
from witness import Witness

STEPS = ("config", "directory", "inbox", "survivors", "quorum")
PHASES = ("advertise", "reveal", "shares", "input", "consistency", "unmask")
WITNESSED = {"consistency": ("cosign",)}
REPLIES = ("advertise", "shares", "input", "consistency", "unmask")


def hexed(value):
    return bytes.fromhex(value)


def server_message(round_json, step, i):
    if "messages" in round_json:
        sent = round_json["messages"][step]
        return hexed(sent["0" if step in ("config", "survivors") else str(i)])
    assert i == 0
    return hexed(round_json["messages_of_client_0"][step])


def config_of(round_json):
    return configuration.RoundConfig.decode(server_message(round_json, "config", 0))


def time_of(round_json, step):
    """When a client receives `step`."""
    return round_json["times"][REPLIES[STEPS.index(step)]][0]


def make_client(round_json, i, overrides):
    config, who = config_of(round_json), round_json["clients"][i]
    policy = Policy(
        {config.coordinator}, config.authority,
        {w.identity: hexed(listed["anchor"])
         for w, listed in zip(config.witnesses, round_json["witnesses"])},
        **{k: tuple(v) if isinstance(v, list) else v for k, v in round_json["policy"].items()})
    for name, value in overrides.get("policy", {}).items():
        if name == "coordinators":
            value = {hexed(v) for v in value}
        elif name == "authority":
            value = hexed(value)
        elif name == "anchors":
            value = {hexed(k): hexed(v) for k, v in value.items()}
        elif isinstance(value, list):
            value = tuple(value)
        setattr(policy, name, value)
    caller = Caller(config.model, config.plan)
    for name, value in overrides.get("caller", {}).items():
        if name == "revoked":
            value = {hexed(v) for v in value}
        setattr(caller, name, hexed(value) if isinstance(value, str) else value)
    store, given = Store(), overrides.get("store", {})
    if "highest_round" in given:
        store.highest_round[config.task] = given["highest_round"]
    if "active_until" in given:
        store.active = (bytes(32), 1, given["active_until"])
    if "rounds_that_day" in given:
        store.rounds_on[time_of(round_json, "config") // 86400] = given["rounds_that_day"]
    if "chain_positions" in given:
        for w, listed, position in zip(
                config.witnesses, round_json["witnesses"], given["chain_positions"]):
            store.chains[w.identity] = (position, make_witness(listed).chain[position])
    if "signed_t4" in given:
        store.signed_t4[config.task, config.round] = hexed(given["signed_t4"])
    encoded = overrides.get("certificate", who["certificate"])
    certificate = configuration.Certificate.read(Reader(hexed(encoded)))
    keypair = sodium.sign_keypair(hexed(who["identity_seed"]))
    client = Client(keypair, certificate, policy, Stream(hexed(who["random_key"])), store)
    return client, caller


def make_witness(listed):
    return Witness(
        sodium.sign_keypair(hexed(listed["seed"])), hexed(listed["last_chain_value"]),
        listed["last_position"])


def fed_client(round_json, case):
    """The client of a case after the messages of `feed`, and a function that gives it another."""
    i = case["client"]
    client, caller = make_client(round_json, i, case.get("overrides", {}))

    def give(encoded, time):
        kind = int.from_bytes(encoded[4:8], "little")
        given = {1: caller, 5: round_json["clients"][i]["x"]}.get(kind)
        return client.receive(encoded, time, given)

    for step in case["feed"]:
        give(server_message(round_json, step, i), time_of(round_json, step))
    return client, give


def play_client(round_json, case):
    client, give = fed_client(round_json, case)
    reply = give(hexed(case["message"]), case["time"])
    return reply, client


def play_coordinator(round_json, case):
    """Plays all steps before case["phase"], then its messages; the last may be refused.

    Witnesses answer in the step `reveal`, and in `consistency` after the clients."""
    config = config_of(round_json)
    if "config" in case:
        config = configuration.RoundConfig.decode(hexed(case["config"]))
    coordinator = Coordinator(
        sodium.sign_keypair(hexed(round_json["coordinator_seed"])), config,
        {hexed(v) for v in case.get("revoked", [])})
    close = {
        "advertise": coordinator.gather, "reveal": coordinator.directories,
        "shares": coordinator.inboxes, "input": coordinator.declare,
        "consistency": coordinator.quorums, "unmask": coordinator.open}
    for phase in PHASES:
        if phase == case["phase"]:
            for encoded in case["accepted"]:
                coordinator.receive(hexed(encoded), config.opens)
            if case["close"]:
                return close[phase]()
            return coordinator.receive(hexed(case["message"]), case["time"])
        for step in (phase, *WITNESSED.get(phase, ())):
            for encoded in round_json["messages"][step].values():
                coordinator.receive(hexed(encoded), config.opens)
        close[phase]()
    raise AssertionError(case["phase"])


def play_witness(round_json, case):
    """The answers of one witness to the requests of a case, in order; the last may be refused."""
    witness, answers = make_witness(round_json["witnesses"][case["witness"]]), []
    for request in case["requests"]:
        config = configuration.RoundConfig.decode(hexed(request["config"]))
        if request["ask"] == "reveal":
            answers.append(witness.reveal(
                config, [Advertise.decode(hexed(a)) for a in request["advertise"]],
                {hexed(v) for v in request.get("revoked", [])}, request.get("logged", True)))
        else:
            answers.append(witness.cosign(
                config, hexed(request["t1"]), request["n"], [hexed(v) for v in request["values"]],
                hexed(request["sharers"]), hexed(request["survivors"])))
    return answers
