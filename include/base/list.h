/* SPDX-License-Identifier: Apache-2.0 */
/* A doubly linked list with its links inside the objects. An object not on a list has NULL links. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include "base/bytes.h"

struct list {
	struct list *next;
	struct list *prev;
};

static inline void list_init(struct list *head)
{
	head->next = head->prev = head;
}
static inline bool list_is_empty(const struct list *head)
{
	return head->next == head || head->next == NULL;
}
static inline bool list_is_linked(const struct list *node)
{
	return node->next != NULL;
}
static inline void list_insert_before(struct list *at, struct list *node)
{
	node->prev = at->prev;
	node->next = at;
	at->prev->next = node;
	at->prev = node;
}
static inline void list_append(struct list *head, struct list *node)
{
	list_insert_before(head, node);
}
static inline void list_prepend(struct list *head, struct list *node)
{
	list_insert_before(head->next, node);
}
static inline void list_remove(struct list *node)
{
	if (!node->next)
		return;
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->next = node->prev = NULL;
}
#define list_entry(node, type, member) container_of(node, type, member)
#define list_first(head, type, member) \
	(list_is_empty(head) ? NULL : list_entry((head)->next, type, member))
/* The body may remove the current object. */
#define list_each(var, head, type, member)                                                      \
	for (struct list *var##_node = (head)->next, *var##_next = var##_node->next;            \
	     var##_node != (head) ? (var = list_entry(var##_node, type, member), true) : false; \
	     var##_node = var##_next, var##_next = var##_node->next)

#endif
