/**
 * Leave for calls in several windows, in one statement. It counts as `takeRate` of the store rules does, over the same JSON: calls
 * by slices of a twentieth of the window, of which each counts until all of it is out of the window.
 */
export const rateFunctions = `
-- Gives nothing where leave was given, else how long to wait and for which window; a wait of -1 where a window was cut in other
-- slices before, which somebody has to settle with the row locked.
create function $schema.take_rate(p_tenant text, p_key text, p_now timestamptz, p_names text[], p_limits bigint[],
  p_windows_ms bigint[], p_calls bigint, p_share double precision)
returns table (wait_ms bigint, window_name text)
language plpgsql volatile as $body$
declare
  v_state jsonb;
  v_taken jsonb;
  v_now bigint;
  v_slice_ms bigint;
  v_slices bigint;
  v_slice bigint;
  v_seen jsonb;
  v_calls jsonb;
  v_used bigint;
  v_room bigint;
  v_wait bigint;
  v_free bigint;
begin
  select b.state::jsonb into v_state from $schema.rate_budgets b where b.tenant = p_tenant and b.key = p_key for update;
  if not found then
    insert into $schema.rate_budgets (tenant, key, state) values (p_tenant, p_key, '{}') on conflict (tenant, key) do nothing;
    select b.state::jsonb into v_state from $schema.rate_budgets b where b.tenant = p_tenant and b.key = p_key for update;
  end if;
  -- after the lock: whoever waited for it comes after those who had it
  v_now := floor(extract(epoch from coalesce(p_now, clock_timestamp())) * 1000);
  v_taken := v_state;
  wait_ms := 0;
  for i in 1 .. cardinality(p_names) loop
    v_slice_ms := ceil(p_windows_ms[i] / 20.0);
    v_slices := ceil((p_windows_ms[i] - 1)::numeric / v_slice_ms) + 1;
    v_seen := coalesce(v_state -> p_names[i],
      jsonb_build_object('sliceMs', v_slice_ms, 'calls', '[]'::jsonb, 'blockedUntilMs', 0));
    if (v_seen ->> 'sliceMs')::bigint <> v_slice_ms then
      wait_ms := -1;
      window_name := p_names[i];
      return next;
      return;
    end if;
    v_slice := greatest(v_now / v_slice_ms, (v_seen -> 'calls' -> -1 ->> 0)::bigint);
    select coalesce(jsonb_agg(c order by (c ->> 0)::bigint), '[]'), coalesce(sum((c ->> 1)::bigint), 0) into v_calls, v_used
    from jsonb_array_elements(v_seen -> 'calls') c where (c ->> 0)::bigint > v_slice - v_slices;
    v_wait := greatest(0, (v_seen ->> 'blockedUntilMs')::bigint - v_now);
    v_room := greatest(floor(p_limits[i] * p_share)::bigint, p_calls) - p_calls;
    if p_share = 0 then
      v_wait := greatest(v_wait, p_windows_ms[i]);
    elsif v_used > v_room then
      select min(later.slice) into v_free from (
        select (c ->> 0)::bigint as slice,
          v_used - sum((c ->> 1)::bigint) over (order by (c ->> 0)::bigint) as left_over
        from jsonb_array_elements(v_calls) c
      ) later where later.left_over <= v_room;
      v_wait := greatest(v_wait, (v_free + v_slices) * v_slice_ms - v_now);
    end if;
    if v_wait > wait_ms then
      wait_ms := v_wait;
      window_name := p_names[i];
    end if;
    if (v_calls -> -1 ->> 0)::bigint = v_slice then
      v_calls := jsonb_set(v_calls, '{-1,1}', to_jsonb((v_calls -> -1 ->> 1)::bigint + p_calls));
    else
      v_calls := v_calls || jsonb_build_array(jsonb_build_array(v_slice, p_calls));
    end if;
    v_taken := v_taken || jsonb_build_object(p_names[i], jsonb_build_object('sliceMs', v_slice_ms, 'calls', v_calls,
      'blockedUntilMs', (v_seen ->> 'blockedUntilMs')::bigint));
  end loop;
  if wait_ms > 0 then
    return next;
    return;
  end if;
  update $schema.rate_budgets b set state = v_taken::json where b.tenant = p_tenant and b.key = p_key;
end $body$;
`;
