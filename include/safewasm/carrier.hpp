/* C++ objects behind an `env` of the library, and how they are recognised. */
#ifndef SAFEWASM_CARRIER_HPP
#define SAFEWASM_CARRIER_HPP

#include <safewasm/handle.hpp>

#include <cstdio>
#include <cstring>
#include <new>

namespace safewasm::detail {

// An `env` that comes out of an error or a reference may be anybody's: C code in the same process can make
// them too. So the `env` of a C++ object is no pointer to it, but a handle of a carrier: an error of the
// library, which tells its handles from all other pointers. The carrier has the object as its own `env`, and
// a message that no other code gives to an error, since it names a variable of this type.
template <class T>
struct CarrierName {
  CarrierName() noexcept {
    static char here;  // Not const, so that no linker makes one of several.
    std::snprintf(text, sizeof text, "carrier of safewasm.hpp for %p", static_cast<void*>(&here));
  }
  char text[64];
};

// Puts `object` into a new carrier, which `*env_out` is then. Frees it on failure.
template <class T>
[[nodiscard]] safewasm_error_t* carry(std::unique_ptr<T> object, void** env_out) noexcept {
  static_assert(std::is_nothrow_destructible_v<T>, "an object that the library frees can't throw then");
  static const CarrierName<T> name;
  const auto free = [](void* env) { delete static_cast<T*>(env); };
  safewasm_error_t* carrier = nullptr;
  safewasm_error_t* const error =
      safewasm_error_new(name.text, std::strlen(name.text), object.release(), free, &carrier);
  *env_out = carrier;
  return error;
}

// The object in the carrier `env`; NULL if that is anything else.
template <class T>
[[nodiscard]] T* carried(void* env) noexcept {
  auto* const carrier = static_cast<safewasm_error_t*>(env);
  if (carrier == nullptr || !safewasm_error_is_valid(carrier)) return nullptr;
  static const CarrierName<T> name;
  std::size_t len = 0;
  const char* const text = safewasm_error_message(carrier, &len);
  if (std::string_view(text, len) != name.text) return nullptr;
  return static_cast<T*>(safewasm_error_env(carrier));
}

// A finalizer for an `env` that is a carrier.
inline void delete_carrier(void* env) { safewasm_error_delete(static_cast<safewasm_error_t*>(env)); }

}  // namespace safewasm::detail

#endif
