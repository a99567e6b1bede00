//! Heap types, and structures and arrays.

use super::{Abi, EXPORTS};
use std::collections::HashMap;

/// Makes heap types, and the objects for functions that take them.
pub fn make(
    abi: &mut Abi,
    objects: &mut HashMap<&'static str, u64>,
    special: &mut HashMap<(&'static str, &'static str), u64>,
    [engine, store, module, instance]: [u64; 4],
) {
    let of_text = |abi: &mut Abi, text: &str| {
        let (start, len, mut made) = (text.as_ptr() as u64, text.len() as u64, 0u64);
        abi.must("safewasm_heaptype_new_text", &[engine, start, len, &raw mut made as u64]);
        made
    };
    let object = of_text(abi, "(struct)");
    objects.insert("safewasm_heaptype_t", object);
    for function in ["safewasm_ref_new_array", "safewasm_ref_new_array_filled"] {
        special.insert((function, "heaptype"), of_text(abi, "(array (mut i32))"));
    }
    let nested = of_text(abi, "(type $of (struct (field (ref null $of))))");
    special.insert(("safewasm_heaptype_of_field", "heaptype"), nested);
    special.insert(("safewasm_heaptype_field", "heaptype"), of_text(abi, "(array i8)"));
    let mut reference = 0u64;
    let place = &raw mut reference as u64;
    abi.must("safewasm_ref_new_struct", &[store, object, 0, 0, place]);
    special.insert(("safewasm_heaptype_of_ref", "reference"), reference);
    let array = special[&("safewasm_ref_new_array", "heaptype")];
    for function in ["safewasm_ref_set_field", "safewasm_ref_field_type"] {
        abi.must("safewasm_ref_new_array_filled", &[store, array, 1, 0, place]);
        special.insert((function, "reference"), reference);
    }
    for function in ["safewasm_heaptype_of_param", "safewasm_heaptype_of_result"] {
        let (mut func, mut functype) = (0u64, 0u64);
        let name = ("object".as_ptr() as u64, 6);
        abi.must("safewasm_instance_func", &[instance, name.0, name.1, &raw mut func as u64]);
        abi.must("safewasm_func_type", &[func, &raw mut functype as u64]);
        abi.call("safewasm_func_delete", &[func]);
        special.insert((function, "functype"), functype);
    }
    let (mut text, mut externtype) = ([0u64; 2], 0u64);
    let last = EXPORTS.len() as u64 + 4;
    let out = &raw mut externtype as u64;
    abi.must("safewasm_module_export", &[module, last, &raw mut text as u64, out]);
    special.insert(("safewasm_heaptype_of_extern", "externtype"), externtype);
}
