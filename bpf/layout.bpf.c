/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Puts the records into type information: they are only used through local pointers elsewhere, which leaves
 * no trace. Read by the test that compares them with their C# twins; never loaded.
 */
#include "vmlinux.h"
#include "latmon.h"

struct turn layout_turn;
struct fragment layout_fragment;
struct span layout_span;
struct mark_argument layout_mark_argument;
struct mark_site layout_mark_site;
enum record_kind layout_record_kind;
enum turn_flags layout_turn_flags;
enum turn_role layout_turn_role;
enum mark_place layout_mark_place;
