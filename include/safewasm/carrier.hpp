/* C++ objects in errors of the library, and how they are recognised. */
#ifndef SAFEWASM_CARRIER_HPP
#define SAFEWASM_CARRIER_HPP

#include <safewasm/handle.hpp>

#include <memory>
#include <string_view>
#include <type_traits>

namespace safewasm::detail {

// The address by which an `env` that is a `T` is told from those of other types and of other code in the
// process. The variable is not const, so that no linker makes one of several. It is visible, so that all shared
// objects of a process have the same one, also if they were compiled with -fvisibility=hidden.
template <class T>
__attribute__((visibility("default"))) inline char tag = 0;

// Puts `object` into an error, which has it as its `env`. Frees the object on failure.
template <class T>
[[nodiscard]] safewasm_error_t* carry(std::unique_ptr<T> object, std::string_view message,
                                      safewasm_error_t** carrier_out) noexcept {
  static_assert(std::is_nothrow_destructible_v<T>, "an object that the library frees can't throw then");
  const auto free = [](void* env) { delete static_cast<T*>(env); };
  return safewasm_error_new(data(message), message.size(), object.release(), free, &tag<T>, carrier_out);
}

// The object in `carrier`; NULL if that is anything else, whatever it points to.
template <class T>
[[nodiscard]] T* carried(safewasm_error_t* carrier) noexcept {
  return static_cast<T*>(safewasm_error_env(carrier, &tag<T>));
}

// A finalizer for an `env` that is such an error. The `env` of a reference may be anybody's, since C code in
// the same process can make references too, and has no tag. The library tells its errors from all other
// pointers.
inline void delete_carrier(void* env) { safewasm_error_delete(static_cast<safewasm_error_t*>(env)); }

}  // namespace safewasm::detail

#endif
