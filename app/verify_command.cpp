#include "app/commands.hpp"

#include <ostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/files.hpp"
#include "app/keyset_walk.hpp"
#include "app/options.hpp"
#include "app/verify_artifact.hpp"
#include "app/wall_clock.hpp"

namespace signalbox {

namespace po = boost::program_options;

namespace {

struct verify_request {
  digest root;
  std::vector<std::string> files;
  std::vector<std::string> keyset_files;
  std::optional<std::string> head_file;
  std::uint64_t min_keyset_version = 0;
  bool seal_only = false;
  bool as_json = false;
  verify_demands demands;
};

result<keyset> load_keysets(const verify_request& x) {
  std::vector<dsse_envelope> all;
  for (auto& path : x.keyset_files) {
    auto text = read_file(path, 16 * 1024 * 1024);
    if (!text)
      return text.error();
    auto some = parse_keysets(*text);
    if (!some)
      return failure{errc::bad_signature, path + ": " + some.error().message,
                     some.error().pointer};
    all.insert(all.end(), some->begin(), some->end());
  }
  auto out = walk_keysets(x.root, all, x.demands.at);
  if (out && out->version < x.min_keyset_version)
    return failure{errc::bad_signature,
                   "the newest keyset given is " +
                       std::to_string(out->version) +
                       ", older than one that was seen before"};
  return out;
}

result<dsse_envelope> find_head(const verify_request& x,
                                const wire_artifact& artifact) {
  if (!x.head_file) {
    if (artifact.head)
      return *artifact.head;
    return failure{errc::bad_signature,
                   "the file holds no head, so nothing says that it is "
                   "released: name one with --head, or accept a seal alone "
                   "with --seal-only"};
  }
  auto text = read_file(*x.head_file);
  if (!text)
    return text.error();
  return parse_dsse(*text);
}

result<json::object> verify_one(const verify_request& x,
                                const std::string& path,
                                const keyset& trusted) {
  auto text = read_file(path);
  if (!text)
    return text.error();
  auto artifact = parse_artifact(*text);
  if (!artifact)
    return artifact.error();
  auto sealed = verify_seal(*artifact, trusted, x.demands);
  if (!sealed)
    return sealed.error();
  json::object out{{"file", path},
                   {"verified", true},
                   {"code", "ok"},
                   {"message", "sealed; nothing here says that it is released"},
                   {"client_id", sealed->client_id},
                   {"profile", sealed->profile},
                   {"schema_ref", sealed->schema_ref},
                   {"version", sealed->version},
                   {"artifact_id", to_content_id(sealed->artifact)},
                   {"keyset_version", trusted.version},
                   {"released", nullptr}};
  if (x.seal_only)
    return out;
  auto envelope = find_head(x, *artifact);
  if (!envelope)
    return envelope.error();
  auto stated = verify_head(*envelope, *sealed, trusted, x.demands);
  if (!stated)
    return stated.error();
  out["message"] = "sealed and released";
  out["released"] =
      json::object{{"incarnation", stated->incarnation},
                   {"channel_version", stated->channel_version},
                   {"index", to_integer(stated->index)},
                   {"expires_at", to_rfc3339(stated->expires_at)}};
  return out;
}

void print(const invocation& x, const json::object& verified) {
  auto text = [&](const char* name) {
    return std::string_view{verified.at(name).get_string()};
  };
  x.out << text("file") << ": verified: " << text("client_id") << '/'
        << text("profile") << ' ' << text("version") << ' '
        << text("artifact_id") << '\n';
  if (auto* released = verified.at("released").if_object())
    x.out << "  released as channel version "
          << released->at("channel_version").to_number<std::uint64_t>()
          << ", head valid until "
          << std::string_view{released->at("expires_at").get_string()} << '\n';
  else
    x.out << "  sealed only: nothing here says that it is released\n";
}

std::string lower_case(std::string x) {
  for (auto& c : x)
    if (c >= 'A' && c <= 'F')
      c = static_cast<char>(c - 'A' + 'a');
  return x;
}

/// One refusal: for programs a line on stdout, as for a file that verifies.
exit_code refuse(const invocation& x, const verify_request& request,
                 const std::string& path, failure why) {
  if (to_exit_code(why.code) == exit_code::usage)
    why.code = errc::bad_signature; // the file is at fault, not the user
  if (!request.as_json) {
    why.message = path + ": refused: " + why.message;
    return report(x, why);
  }
  json::object out{{"file", path},
                   {"verified", false},
                   {"code", to_string(why.code)},
                   {"message", why.message}};
  if (!why.pointer.empty())
    out["pointer"] = why.pointer;
  x.out << to_canonical(out) << '\n';
  return to_exit_code(why.code);
}

/// Without trusted keys no file verifies; people are told once.
exit_code refuse_all(const invocation& x, const verify_request& request,
                     const failure& why) {
  if (!request.as_json)
    return report(x, why);
  auto worst = exit_code::ok;
  for (auto& path : request.files)
    worst = std::max(worst, refuse(x, request, path, why));
  return worst;
}

exit_code verify_all(const invocation& x, const verify_request& request) {
  auto trusted = load_keysets(request);
  if (!trusted)
    return refuse_all(x, request, trusted.error());
  auto worst = exit_code::ok;
  for (auto& path : request.files) {
    auto verified = verify_one(request, path, *trusted);
    if (!verified)
      worst = std::max(worst, refuse(x, request, path, verified.error()));
    else if (request.as_json)
      x.out << to_canonical(*verified) << '\n';
    else
      print(x, *verified);
  }
  return worst;
}

} // namespace

exit_code run_verify(const invocation& x) {
  command_options options{
      "verify", "FILE...",
      "Verifies artifacts from files alone: the chain of keysets from the "
      "pinned root,\nthe seal, the ids, and the head that says it is current. "
      "Opens no connection."};
  options.need_many("FILE");
  options.add()("root-fingerprint", po::value<std::string>(),
                "the pinned root, in hexadecimal (required)")(
      "keyset", po::value<std::vector<std::string>>()->composing(),
      "file with keysets, from the root's first to the newest; may be "
      "repeated (`signalbox keysets --output` writes one)")(
      "head", po::value<std::string>(),
      "head in a file of its own, as a DSSE envelope")(
      "seal-only", "accept a file without a head: checked, perhaps not "
                   "released")("client", po::value<std::string>(),
                               "refuse an artifact for another client")(
      "profile", po::value<std::string>(),
      "refuse an artifact for another profile")(
      "min-channel-version", po::value<std::uint64_t>()->default_value(0),
      "refuse an older head: what was seen last")(
      "min-incarnation", po::value<std::uint64_t>()->default_value(0),
      "goes with --min-channel-version")(
      "min-keyset-version", po::value<std::uint64_t>()->default_value(0),
      "refuse older keysets: what was seen last")(
      "at", po::value<std::string>(),
      "judge expiry at this time (RFC 3339); now, if not given")(
      "json", "one line of JSON for each file, verified or refused");
  if (auto done = options.parse(x))
    return *done;
  auto root = digest::from_hex(lower_case(options.text("root-fingerprint")));
  if (!root)
    return options.wrong(x, "--root-fingerprint must be 64 digits of "
                            "hexadecimal: what `ledger create` printed");
  auto at = options.has("at") ? from_rfc3339(options.text("at"))
                              : std::optional{wall_clock()};
  if (!at)
    return options.wrong(x, "--at must be a time like 2026-01-31T12:00:00Z");
  verify_request request;
  request.root = *root;
  request.files = options.list("FILE");
  request.keyset_files = options.list("keyset");
  request.head_file = options.maybe("head");
  request.min_keyset_version = options.get<std::uint64_t>("min-keyset-version");
  request.seal_only = options.has("seal-only");
  request.as_json = options.has("json");
  request.demands = {options.maybe("client"), options.maybe("profile"),
                     options.get<std::uint64_t>("min-incarnation"),
                     options.get<std::uint64_t>("min-channel-version"), *at};
  if (request.keyset_files.empty())
    return options.wrong(x, "--keyset FILE is missing: the keysets that the "
                            "root signed");
  return verify_all(x, request);
}

} // namespace signalbox
