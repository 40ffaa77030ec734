#include "policy/schema_cost.hpp"

#include "policy/defaults.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace signalbox {

namespace {

/// Levels of a payload, by the strict parser's own limit.
constexpr std::size_t max_levels = json_limits{}.depth + 1;

// Keywords by what they apply a schema to. `here`: the same value.
constexpr std::string_view here[] = {"not", "if", "then", "else"};
constexpr std::string_view here_lists[] = {"allOf", "anyOf", "oneOf"};
constexpr std::string_view here_maps[] = {"dependentSchemas", "dependencies"};
constexpr std::string_view below[] = {
    "additionalProperties", "unevaluatedProperties", "propertyNames",
    "additionalItems",      "unevaluatedItems",      "contains"};

/// One schema inside the document. `members` of which a value meets one at
/// most; `below` of which it may meet all.
struct schema_node {
  std::string pointer;
  double own = 1; ///< values of an `enum` count a little
  std::vector<std::size_t> here;
  std::vector<std::size_t> members;
  std::vector<std::size_t> below;
};

/// The schemas that the root reaches, and what each applies.
class schema_graph {
 public:
  explicit schema_graph(const json::value& root) : root_{root} {}

  result<void> build() {
    add(root_, "");
    for (std::size_t i = 0; i < nodes_.size() && !wrong_; ++i)
      connect(i);
    if (wrong_)
      return *wrong_;
    return {};
  }

  const std::vector<schema_node>& nodes() const { return nodes_; }

 private:
  std::size_t add(const json::value& x, std::string pointer) {
    auto [i, fresh] = numbers_.emplace(&x, nodes_.size());
    if (fresh) {
      nodes_.push_back({std::move(pointer), 1, {}, {}, {}});
      values_.push_back(&x);
    }
    return i->second;
  }

  void connect(std::size_t i) {
    auto* object = values_[i]->if_object();
    if (!object)
      return;
    follow_reference(i, *object);
    if (auto* values = object->if_contains("enum"))
      if (auto* list = values->if_array())
        nodes_[i].own += static_cast<double>(list->size()) / 8;
    for (auto key : here)
      add_one(i, *object, key, &schema_node::here);
    for (auto key : here_lists)
      add_all(i, *object, key, &schema_node::here);
    for (auto key : here_maps)
      add_all(i, *object, key, &schema_node::here);
    for (auto key : below)
      add_one(i, *object, key, &schema_node::below);
    add_all(i, *object, "patternProperties", &schema_node::below);
    add_all(i, *object, "properties", &schema_node::members);
    add_all(i, *object, "prefixItems", &schema_node::members);
    add_one(i, *object, "items", &schema_node::below);
    add_all(i, *object, "items", &schema_node::members);
  }

  using edges = std::vector<std::size_t> schema_node::*;

  void link(std::size_t from, edges kind, const json::value& x,
            std::string pointer) {
    if (!x.is_object())
      return;
    auto to = add(x, std::move(pointer));
    (nodes_[from].*kind).push_back(to);
  }

  void add_one(std::size_t i, const json::object& from, std::string_view key,
               edges kind) {
    if (auto* x = from.if_contains(key))
      link(i, kind, *x, append_pointer(nodes_[i].pointer, key));
  }

  /// The elements of a list, or the values of a map of schemas. `items` is
  /// itself a schema where it is an object.
  void add_all(std::size_t i, const json::object& from, std::string_view key,
               edges kind) {
    auto* x = from.if_contains(key);
    auto at = append_pointer(nodes_[i].pointer, key);
    if (x && x->is_array())
      for (std::size_t n = 0; n < x->get_array().size(); ++n)
        link(i, kind, x->get_array()[n], append_pointer(at, std::to_string(n)));
    if (x && x->is_object() && key != "items")
      for (auto& [name, value] : x->get_object())
        link(i, kind, value, append_pointer(at, name));
  }

  void follow_reference(std::size_t i, const json::object& from) {
    for (std::string_view key : {"$dynamicRef", "$recursiveRef"})
      if (from.contains(key))
        return refuse(i, key, "is not taken: write a $ref");
    auto* x = from.if_contains("$ref");
    if (!x || !x->is_string())
      return;
    std::string_view text = x->get_string();
    if (text != "#" && !text.starts_with("#/"))
      return refuse(i, "$ref", "a reference must be # or #/...");
    auto pointer = std::string{text.substr(1)};
    if (pointer.find('%') != std::string::npos)
      return refuse(i, "$ref", "a reference must do without percent signs");
    boost::system::error_code missing;
    auto* target = root_.find_pointer(pointer, missing);
    if (target == nullptr)
      return refuse(i, "$ref", "the reference leads nowhere");
    link(i, &schema_node::here, *target, pointer);
  }

  void refuse(std::size_t i, std::string_view key, std::string why) {
    if (!wrong_)
      wrong_ = failure{errc::bad_request, std::move(why),
                       append_pointer(nodes_[i].pointer, key)};
  }

  const json::value& root_;
  std::vector<schema_node> nodes_;
  std::vector<const json::value*> values_;
  std::map<const json::value*, std::size_t> numbers_;
  std::optional<failure> wrong_;
};

/// An order in which every schema comes after those that it applies to the same
/// value; nullopt, and the node, if there is a circle of them.
struct applied_order {
  std::vector<std::size_t> order;
  std::optional<std::size_t> circle;
};

applied_order sort_applied(const std::vector<schema_node>& nodes) {
  enum class state { fresh, open, done };
  applied_order out;
  std::vector<state> states(nodes.size(), state::fresh);
  // A stack of our own: a long chain of references must not overflow ours.
  std::vector<std::pair<std::size_t, std::size_t>> stack;
  for (std::size_t start = 0; start < nodes.size(); ++start) {
    if (states[start] != state::fresh)
      continue;
    states[start] = state::open;
    stack.emplace_back(start, 0);
    while (!stack.empty()) {
      auto& [node, next] = stack.back();
      if (next == nodes[node].here.size()) {
        states[node] = state::done;
        out.order.push_back(node);
        stack.pop_back();
        continue;
      }
      auto to = nodes[node].here[next++];
      if (states[to] == state::open) {
        out.circle = to;
        return out;
      }
      if (states[to] == state::fresh) {
        states[to] = state::open;
        stack.emplace_back(to, 0);
      }
    }
  }
  return out;
}

double sum(const std::vector<std::size_t>& of, const std::vector<double>& x) {
  double out = 0;
  for (auto i : of)
    out += x[i];
  return out;
}

double most(const std::vector<std::size_t>& of, const std::vector<double>& x) {
  double out = 0;
  for (auto i : of)
    out = std::max(out, x[i]);
  return out;
}

/// Schemas applied along one path of a payload of the deepest kind, from each
/// node on: level by level, from the leaves up.
std::vector<double> costs(const std::vector<schema_node>& nodes,
                          const std::vector<std::size_t>& order) {
  std::vector<double> lower(nodes.size(), 0);
  for (std::size_t level = 0; level < max_levels; ++level) {
    std::vector<double> now(nodes.size(), 0);
    for (auto i : order)
      now[i] = nodes[i].own + sum(nodes[i].here, now) +
               most(nodes[i].members, lower) + sum(nodes[i].below, lower);
    lower = std::move(now);
  }
  return lower;
}

} // namespace

result<void> check_schema_lists(const json_nodes& schema) {
  for (std::size_t i = 0; i < schema.size(); ++i) {
    auto* list = schema[i].value->if_array();
    if (list && list->size() > policy_defaults::max_schema_list)
      return failure{errc::bad_request,
                     "a list of a schema may have " +
                         std::to_string(policy_defaults::max_schema_list) +
                         " elements",
                     schema.pointer(i)};
  }
  return {};
}

result<double> schema_cost(const json::value& schema) {
  schema_graph graph{schema};
  if (auto built = graph.build(); !built)
    return built.error();
  auto& nodes = graph.nodes();
  auto sorted = sort_applied(nodes);
  if (sorted.circle)
    return failure{errc::bad_request,
                   "the schema applies itself to the same value again, by a "
                   "reference in a circle",
                   nodes[*sorted.circle].pointer};
  const auto cost = costs(nodes, sorted.order).front();
  if (cost > policy_defaults::max_schema_cost)
    return failure{errc::bad_request,
                   "a deep document would meet so many schemas that checking "
                   "it may take for ever: let fewer alternatives refer to "
                   "themselves"};
  return cost;
}

} // namespace signalbox
