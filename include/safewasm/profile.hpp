/* Profiles: how often a store was found in which functions. */
#ifndef SAFEWASM_PROFILE_HPP
#define SAFEWASM_PROFILE_HPP

#include <safewasm/engine.hpp>

namespace safewasm {

/// A profile, which `Store::profile_stop` returns. May be used from any threads at once.
class Profile
    : public UniqueHandle<safewasm_profile_t, safewasm_profile_delete, safewasm_profile_is_valid> {
 public:
  using UniqueHandle::UniqueHandle;

  /// The samples, their stacks and the frames in them, which live as long as this object.
  [[nodiscard]] safewasm_profile_data_t data() const {
    return detail::get<safewasm_profile_data_t>(safewasm_profile_data, raw());
  }

  /// The profile as JSON that the Firefox profiler opens. Errors: `limit`.
  [[nodiscard]] Bytes firefox() const {
    return Bytes(detail::get<safewasm_bytes_t*>(safewasm_profile_firefox, raw()));
  }

  /// The profile as collapsed stacks, for flame graphs. Errors: `limit`.
  [[nodiscard]] Bytes collapsed() const {
    return Bytes(detail::get<safewasm_bytes_t*>(safewasm_profile_collapsed, raw()));
  }
};

}  // namespace safewasm

#endif
