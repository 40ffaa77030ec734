#include "api/draft_parameters.hpp"

namespace signalbox::write_operations {

namespace {

template_use read_template(parameter_reader& in, const json::value& from) {
  template_use out;
  auto* object = from.if_object();
  if (object == nullptr || !object->contains("template_id"))
    in.fail("template", "must be {template_id, version?, parameters?}");
  else
    for (auto& [name, value] : *object)
      if (name == "template_id" && value.is_string())
        out.template_id = value.get_string();
      else if (name == "version" && value.is_string())
        out.version = std::string{value.get_string()};
      else if (name == "parameters" && value.is_object())
        out.parameters = value.get_object();
      else if (name == "template_id" || name == "version")
        in.fail_in("template", name, "must be a text");
      else if (name == "parameters")
        in.fail_in("template", name, "must be an object of values by name");
      else
        in.fail("template", "takes template_id, version and parameters alone");
  return out;
}

} // namespace

draft_request read_draft(parameter_reader& in) {
  draft_request out;
  out.client_id = in.text("client_id");
  out.profile = in.text("profile");
  out.schema_ref = in.optional_text("schema_ref");
  auto* draft = in.any("draft_payload");
  auto* from = in.any("template");
  // A null leaves a place open among the parameters by position.
  const bool has_draft = draft && !(from && draft->is_null());
  if (from && has_draft)
    in.fail("template", "stands for draft_payload: give one of the two");
  else if (from)
    out.from = read_template(in, *from);
  else if (has_draft)
    out.draft = to_canonical(*draft);
  else
    in.fail("draft_payload", "is missing, and so is a template");
  return out;
}

} // namespace signalbox::write_operations
