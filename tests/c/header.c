/* The header compiles in every dialect, and its structs are laid out as the library has them. */
#include <safewasm.h>

#define SIZE(type, size) typedef char size_of_##type[sizeof(type) == (size) ? 1 : -1]
#define OFFSET(type, member, offset) \
  typedef char offset_of_##type##_##member[offsetof(type, member) == (offset) ? 1 : -1]

SIZE(safewasm_text_t, 16);
OFFSET(safewasm_text_t, len, 8);
SIZE(safewasm_slot_t, 16);
SIZE(safewasm_val_t, 24);
OFFSET(safewasm_val_t, of, 8);
SIZE(safewasm_valtype_t, 3);
SIZE(safewasm_extern_t, 16);
OFFSET(safewasm_extern_t, of, 8);
SIZE(safewasm_cell_t, 24);
OFFSET(safewasm_cell_t, len, 8);
OFFSET(safewasm_cell_t, generation, 16);
SIZE(safewasm_frame_t, 80);
OFFSET(safewasm_frame_t, module_offset, 48);
OFFSET(safewasm_frame_t, func_index, 64);
OFFSET(safewasm_frame_t, column, 72);
SIZE(safewasm_pooling_t, 72);
OFFSET(safewasm_pooling_t, max_tables_per_module, 12);
OFFSET(safewasm_pooling_t, max_memory_size, 16);
OFFSET(safewasm_pooling_t, linear_memory_keep_resident, 32);
OFFSET(safewasm_pooling_t, pagemap_scan, 64);
SIZE(safewasm_sandbox_t, 80);
OFFSET(safewasm_sandbox_t, max_module_size, 40);
OFFSET(safewasm_sandbox_t, written_limit, 56);
OFFSET(safewasm_sandbox_t, open_limit, 72);
SIZE(safewasm_memorytype_t, 32);
OFFSET(safewasm_memorytype_t, has_max, 24);
SIZE(safewasm_tabletype_t, 24);
OFFSET(safewasm_tabletype_t, element, 18);
SIZE(safewasm_globaltype_t, 4);
SIZE(safewasm_error_kind_t, 4);
SIZE(safewasm_trap_code_t, 4);

int main(void) { return safewasm_abi_version() == SAFEWASM_ABI_VERSION ? 0 : 1; }
