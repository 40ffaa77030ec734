#pragma once

#include "events/ids.hpp"
#include "events/signature.hpp"

namespace signalbox {

/// Who a node is, and what it signs with. The root's keyset vouches for both
/// keys; a stolen node can announce nothing.
struct node_keys {
  principal_id node;
  private_key seal;
  private_key head;
};

} // namespace signalbox
