#include <algorithm>
#include <memory>

#include "policy/defaults.hpp"
#include "policy/list_checks.hpp"
#include "policy/payload_facts.hpp"
#include "policy/policy_set.hpp"

namespace signalbox {

namespace {

using std::string_view;

/// The way from the root to a node, which stays true while others go.
struct json_path {
  struct step {
    std::string key;
    std::size_t index; ///< json_nodes::none for a member
  };
  std::vector<step> steps;
};

json_path path_of(const json_nodes& nodes, std::size_t i) {
  json_path out;
  for (; nodes[i].parent != json_nodes::none; i = nodes[i].parent)
    out.steps.push_back({std::string{nodes[i].key}, nodes[i].index});
  std::reverse(out.steps.begin(), out.steps.end());
  return out;
}

void take_out(json::value& root, const json_path& path) {
  auto* at = &root;
  for (std::size_t i = 0; i + 1 < path.steps.size(); ++i) {
    auto& step = path.steps[i];
    at = step.index == json_nodes::none ? &at->get_object().at(step.key)
                                        : &at->get_array().at(step.index);
  }
  auto& last = path.steps.back();
  if (last.index == json_nodes::none)
    at->get_object().erase(last.key);
  else
    at->get_array().erase(at->get_array().begin() +
                          static_cast<std::ptrdiff_t>(last.index));
}

/// Leaves out what lies in something that goes as a whole. The root stays: a
/// place has a token at least, and servers lie below something.
std::vector<std::size_t> outermost(const json_nodes& nodes,
                                   std::vector<std::size_t> xs) {
  std::sort(xs.begin(), xs.end());
  xs.erase(std::unique(xs.begin(), xs.end()), xs.end());
  auto inside = [&](std::size_t i) {
    for (i = nodes[i].parent; i != json_nodes::none; i = nodes[i].parent)
      if (std::binary_search(xs.begin(), xs.end(), i))
        return true;
    return false;
  };
  std::vector<std::size_t> out;
  std::copy_if(xs.begin(), xs.end(), std::back_inserter(out),
               [&](auto i) { return !inside(i); });
  return out;
}

/// The payload while rules change it.
class changing {
 public:
  changing(const family& client, json::value& payload)
      : client_{client}, payload_{payload} {}

  void apply(const policy_rule& rule) {
    found_.clear();
    std::visit([&](auto& action) { change_by(action); }, rule.action);
    std::sort(found_.begin(), found_.end(),
              [](auto& x, auto& y) { return x.first < y.first; });
    report(rule);
  }

  bool too_much() const { return added_ > policy_defaults::max_defaulted; }

  std::vector<finding> findings;

 private:
  void change_by(const server_action& x) {
    payload_facts facts{client_, nodes()};
    auto servers = find_servers(x, facts);
    std::vector<std::string> names;
    for (auto i : servers)
      if (nodes().is_member(i))
        names.emplace_back(nodes()[i].key);
    std::sort(names.begin(), names.end());
    for (std::size_t i = 0; !names.empty() && i < nodes().size(); ++i) {
      auto name = nodes().is_text(i) ? nodes().text(i) : nodes()[i].key;
      if (std::binary_search(names.begin(), names.end(), name) &&
          matches_any(x.references, nodes(), i))
        servers.push_back(i);
    }
    remove(std::move(servers), change::stripped);
  }

  void change_by(const value_action& x) {
    remove(find_values(x, nodes()), change::stripped);
  }

  void change_by(const redact_action& x) {
    std::vector<std::size_t> gone;
    for (std::size_t i = 1; i < nodes().size(); ++i)
      if ((nodes().is_member(i) && x.names.matches(nodes()[i].key)) ||
          matches_any(x.at, nodes(), i))
        gone.push_back(i);
    remove(std::move(gone), change::redacted);
  }

  void change_by(const default_action& x) {
    for (auto& one : x.values)
      set(payload_, one.at.tokens(), 0, "", one.value);
    if (!found_.empty())
      nodes_.reset();
  }

  /// What no rule that changes has; the parser sees to it.
  template <class Other>
  void change_by(const Other&) {}

  void remove(std::vector<std::size_t> xs, change done) {
    auto gone = outermost(nodes(), std::move(xs));
    std::vector<json_path> paths;
    for (auto i : gone) {
      paths.push_back(path_of(nodes(), i));
      found_.emplace_back(nodes().pointer(i), done);
    }
    if (!gone.empty())
      nodes_.reset(); // it refers to what goes now
    // The last first, so that indexes before it stay.
    std::for_each(paths.rbegin(), paths.rend(),
                  [&](auto& path) { take_out(payload_, path); });
  }

  /// Counts what a default adds, before it is added: defaults below defaults
  /// multiply.
  bool has_room_for(const std::string& pointer, const json::value& value) {
    if (&value != measured_) {
      measured_ = &value;
      measure_ = to_canonical(value).size();
    }
    added_ += pointer.size() + measure_;
    return !too_much();
  }

  void set(json::value& at, const std::vector<std::string>& way,
           std::size_t next, const std::string& pointer,
           const json::value& value) {
    if (too_much())
      return;
    auto* object = at.if_object();
    if (way[next] == "*") {
      if (object)
        for (auto& member : *object)
          set(member.value(), way, next + 1,
              append_pointer(pointer, member.key()), value);
      else if (auto* array = at.if_array())
        for (std::size_t i = 0; i < array->size(); ++i)
          set((*array)[i], way, next + 1,
              append_pointer(pointer, std::to_string(i)), value);
      return;
    }
    if (!object) // the schema says what is wrong here
      return;
    auto here = append_pointer(pointer, way[next]);
    bool last = next + 1 == way.size();
    auto* child = object->if_contains(way[next]);
    if (last && child == nullptr) {
      if (!has_room_for(here, value))
        return;
      found_.emplace_back(here, change::defaulted);
      object->emplace(way[next], value);
    } else if (!last && child != nullptr) {
      set(*child, way, next + 1, here, value);
    } else if (!last && leads_to_a_member(way, next + 1)) {
      set(object->emplace(way[next], json::object{}).first->value(), way,
          next + 1, here, value);
    }
  }

  /// Whether nothing on the rest of the way is chosen by a `*`: an object that
  /// would stay empty is not made.
  static bool leads_to_a_member(const std::vector<std::string>& way,
                                std::size_t from) {
    return std::find(way.begin() + static_cast<std::ptrdiff_t>(from), way.end(),
                     "*") == way.end();
  }

  void report(const policy_rule& rule) {
    const auto shown = std::min(found_.size(), policy_defaults::max_findings);
    for (std::size_t i = 0; i < shown; ++i)
      findings.push_back({rule.id, found_[i].first, severity::changed,
                          rule.message, found_[i].second});
    if (shown < found_.size())
      findings.push_back({rule.id, "", severity::changed,
                          rule.message + " (" +
                              std::to_string(found_.size() - shown) +
                              " more places)",
                          found_.back().second});
  }

  const json_nodes& nodes() {
    if (!nodes_)
      nodes_ = std::make_unique<json_nodes>(payload_);
    return *nodes_;
  }

  const family& client_;
  json::value& payload_;
  std::unique_ptr<json_nodes> nodes_;
  std::vector<std::pair<std::string, change>> found_; ///< of the rule at hand
  std::size_t added_ = 0;                             ///< bytes, about
  const json::value* measured_ = nullptr;
  std::size_t measure_ = 0;
};

} // namespace

std::vector<finding> transform(const policy_set& rules, const family& client,
                               const policy_target& where,
                               json::value& payload) {
  changing work{client, payload};
  for (auto& rule : rules.rules)
    if (rule.changes() && selects(rule.select, client.client_id, where))
      work.apply(rule);
  if (work.too_much())
    work.findings.push_back(
        {"policy-defaults", "", severity::error,
         "The default values of the policy set would add more than " +
             std::to_string(policy_defaults::max_defaulted) + " bytes"});
  return std::move(work.findings);
}

} // namespace signalbox
