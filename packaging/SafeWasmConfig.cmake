# The targets of SafeWasm @VERSION@:
#
#   SafeWasm::safewasm    the shared library
#   SafeWasm::static      the static library, and the system's libraries that it needs

# There are no components.
foreach(_safewasm_component IN LISTS SafeWasm_FIND_COMPONENTS)
  if(SafeWasm_FIND_REQUIRED_${_safewasm_component})
    set(SafeWasm_FOUND FALSE)
    set(SafeWasm_NOT_FOUND_MESSAGE
      "SafeWasm has no component ${_safewasm_component}: link with SafeWasm::safewasm or SafeWasm::static")
    return()
  endif()
endforeach()
unset(_safewasm_component)

if(TARGET SafeWasm::safewasm)
  return()
endif()

# Through symbolic links of folders, such as /lib.
get_filename_component(_safewasm_folder "${CMAKE_CURRENT_LIST_DIR}" REALPATH)
get_filename_component(_safewasm_include "@INCLUDEDIR@" ABSOLUTE BASE_DIR "${_safewasm_folder}")
get_filename_component(_safewasm_lib "${_safewasm_folder}/../.." ABSOLUTE)

add_library(SafeWasm::safewasm SHARED IMPORTED)
set_target_properties(SafeWasm::safewasm PROPERTIES
  IMPORTED_LOCATION "${_safewasm_lib}/libsafewasm.so.@ABI@"
  IMPORTED_SONAME "libsafewasm.so.@ABI@"
  INTERFACE_INCLUDE_DIRECTORIES "${_safewasm_include}")

add_library(SafeWasm::static STATIC IMPORTED)
set_target_properties(SafeWasm::static PROPERTIES
  IMPORTED_LOCATION "${_safewasm_lib}/libsafewasm.a"
  IMPORTED_LINK_INTERFACE_LANGUAGES C
  INTERFACE_INCLUDE_DIRECTORIES "${_safewasm_include}"
  INTERFACE_LINK_LIBRARIES "@STATIC_LIBS@")

unset(_safewasm_folder)
unset(_safewasm_include)
unset(_safewasm_lib)
