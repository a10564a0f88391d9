// Between what Slack keeps in `state.values` or in `initial_…` and one plain value: text, an id, a date, a list, or null.

const SINGLE = {
  plain_text_input: ["value", "initial_value"],
  email_text_input: ["value", "initial_value"],
  url_text_input: ["value", "initial_value"],
  number_input: ["value", "initial_value"],
  static_select: ["selected_option", "initial_option"],
  external_select: ["selected_option", "initial_option"],
  radio_buttons: ["selected_option", "initial_option"],
  users_select: ["selected_user", "initial_user"],
  channels_select: ["selected_channel", "initial_channel"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
  checkboxes: ["selected_options", "initial_options"],
  multi_static_select: ["selected_options", "initial_options"],
  multi_external_select: ["selected_options", "initial_options"],
  multi_users_select: ["selected_users", "initial_users"],
  multi_channels_select: ["selected_channels", "initial_channels"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  file_input: ["files", "initial_files"],
};

// What a control starts with: what the view already holds for it, else what its author set. Options stay whole, for their text.
export function startOf(element, held) {
  const [kept, initial] = SINGLE[element.type] ?? ["value", "initial_value"];
  return held && kept in held ? held[kept] : (element[initial] ?? null);
}

// Only what differs from what the server holds: an option that was preset is never asked for among those suggested.
export function changedValues(controls, view) {
  const values = {};
  for (const { blockId, actionId, element, read } of controls.values()) {
    const held = plainOf(startOf(element, view.values?.[blockId]?.[actionId]));
    const given = read();
    if (JSON.stringify(given) !== JSON.stringify(held)) (values[blockId] ??= {})[actionId] = given;
  }
  return values;
}

function plainOf(start) {
  if (Array.isArray(start)) return start.map(plainOf);
  if (start && typeof start === "object") return start.value ?? start.id;
  return start === "" ? null : start;
}

export function textOfOption(option) {
  return option?.text?.text ?? "";
}

export function allOptions(element) {
  return [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];
}

export function keyOf(blockId, actionId) {
  return `${blockId} ${actionId}`;
}
