namespace Isthmus.Mapping.Running;

/// <summary>
/// One message through its map: (1) segments find their groups, (2) each runs through its maps into the resources of its group,
/// (3) business keys become ids, (4) resources refer to each other,
/// (5) and say of what they must refer to and cannot that it is unknown.
/// </summary>
internal static class MessageRun
{
    private static readonly int ObrKey = GroupDefinition.KeyOf("OBR");

    /// <returns>The node of the Bundle's own elements, or -1.</returns>
    public static int Run(TranslationRun run, MessageMap map)
    {
        run.Map = map;
        run.Groups.Walk(map.Structure, run.Message);
        run.Within.Begin(run.Groups.InstanceCount, map.Resources.Length);
        for (var segment = 0; segment < run.Groups.SegmentCount; segment++)
        {
            RunSegment(run, map, segment, late: false);
        }

        for (var segment = 0; map.HasLate && segment < run.Groups.SegmentCount; segment++)
        {
            RunSegment(run, map, segment, late: true);
        }

        GiveIds(run, map);
        run.Resources.SettleReferences();
        WireReferences(run, map);
        MissingReferences.State(run, map);
        if (map.Bundle is null)
        {
            return -1;
        }

        var bundle = run.Builder.Resource("Bundle"u8);
        run.RunSegment(map.Bundle, bundle, 0, 0);
        return bundle;
    }

    private static void RunSegment(TranslationRun run, MessageMap map, int segment, bool late)
    {
        var group = run.Groups.GroupOf(segment);
        if (group < 0)
        {
            return;
        }

        if (!map.Segments.TryGetValue((run.Groups.InstanceAt(group).Group, run.Groups.KeyAt(segment)), out var uses))
        {
            return;
        }

        foreach (var use in uses)
        {
            if (use.IsLate == late && (use.When is null || run.Holds(use.When, use.Map, segment, group))
                && ResourceFor(run, map, use.Resource, segment, group) is var resource and >= 0)
            {
                run.RunSegment(use.Map, run.Resources[resource].Node, segment, group);
                run.Trace?.ReadAsked(run, use, segment, group);
            }
        }
    }

    /// <summary>The resource of that definition in the nearest group that has one; -1 where it lacks what it needs.</summary>
    private static int ResourceFor(TranslationRun run, MessageMap map, int definition, int segment, int group)
    {
        var defined = map.Resources[definition];
        var owner = group;
        while (owner > 0 && !defined.Per[run.Groups.InstanceAt(owner).Group])
        {
            owner = run.Groups.InstanceAt(owner).Parent;
        }

        for (var known = run.Groups.InstanceAt(owner).FirstResource; known >= 0; known = run.Resources[known].NextInGroup)
        {
            if (run.Resources[known].Definition == definition)
            {
                return known;
            }
        }

        if (defined.Needs.Length > 0 && !HoldsAny(run.Groups, owner, defined.Needs))
        {
            return -1;
        }

        var node = run.Builder.Resource(defined.Type);
        var resource = run.Resources.Add(new ResourceEntry
        {
            Definition = definition,
            Type = defined.Type,
            Node = node,
            IdNode = IsIdentified(run, map, definition) ? run.Resources.GiveId(node, run.Context.PatientId!) : run.Resources.ReserveId(node),
            Group = owner,
            Segment = segment,
            Anchor = run.Groups.Nearest(owner, ObrKey),
            NextInGroup = run.Groups.InstanceAt(owner).FirstResource,
        });
        run.Groups.InstanceAt(owner).FirstResource = resource;
        run.Within.Add(run.Groups, owner, definition, resource);
        return resource;
    }

    private static bool HoldsAny(GroupWalk groups, int instance, int[] segments)
    {
        foreach (var segment in segments)
        {
            if (groups.Holds(instance, segment))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first patient of a message bears the id that identification gave.</summary>
    private static bool IsIdentified(TranslationRun run, MessageMap map, int definition)
    {
        if (run.Context.PatientId is null || !map.Resources[definition].IsPatient)
        {
            return false;
        }

        return run.Resources.FirstOf(definition) < 0;
    }

    private static void GiveIds(TranslationRun run, MessageMap map)
    {
        for (var index = 0; index < run.Resources.Count; index++)
        {
            ref var entry = ref run.Resources[index];
            if (entry.Definition < 0)
            {
                continue;
            }

            var defined = map.Resources[entry.Definition];
            var identified = defined.IsPatient && run.Context.PatientId is not null && run.Resources.FirstOf(entry.Definition) == index;
            run.Resources.Keep(index, BusinessKeys.Compose(run, defined, ref entry));
            var before = run.Resources.Find(entry.Type, run.Resources.KeyOf(index));
            run.Resources[index].Ordinal = before < 0 ? 0 : run.Resources[before].Ordinal + 1;
            run.Resources.Index(index);
            if (!identified)
            {
                run.Ids.Write(run.Context.IdKey, entry.Type, run.PersonScope, run.Resources.KeyOf(index), run.Resources[index].Ordinal, run.Builder.TextAt(entry.IdNode));
            }
        }
    }

    private static void WireReferences(TranslationRun run, MessageMap map)
    {
        for (var from = 0; from < run.Resources.Count; from++)
        {
            if (run.Resources[from].Definition is var definition and >= 0)
            {
                foreach (var rule in map.ReferencesFrom[definition])
                {
                    Wire(run, rule, from);
                }
            }
        }
    }

    private static void Wire(TranslationRun run, ReferenceRule rule, int from)
    {
        var node = run.Resources[from].Node;
        if (run.Resources.FirstOf(rule.To) < 0 || (!rule.Repeats && run.Builder.Has(node, rule.Name)))
        {
            return;
        }

        // The nearest group around the referring resource that holds any of the others.
        for (var group = run.Resources[from].Group; group >= 0; group = run.Groups.InstanceAt(group).Parent)
        {
            var left = run.Within.CountWithin(group, rule.To);
            var found = false;
            for (var to = run.Within.FirstWithin(group, rule.To); left > 0; to = run.Resources[to].NextOfDefinition)
            {
                if (!run.Groups.IsWithin(run.Resources[to].Group, group))
                {
                    continue;
                }

                left--;
                if (to == from)
                {
                    continue;
                }

                found = true;
                run.Resources.Refer(rule.Repeats ? run.Builder.Item(node, rule.Name) : run.Builder.Object(node, rule.Name), to);
                if (!rule.Repeats)
                {
                    return;
                }
            }

            if (found || rule.Within[run.Groups.InstanceAt(group).Group])
            {
                return;
            }
        }
    }
}
