using System.Reflection;
using Isthmus.Exchange;
using Isthmus.Exchange.Ledger;
using YamlDotNet.RepresentationModel;

namespace Isthmus.Workflow.Definitions;

/// <summary>What a file must mean beyond being well written: states that can be reached and left, pools and events that exist.</summary>
internal static class DefinitionChecks
{
    private static readonly HashSet<string> Signals = ConstantsOf(typeof(SignalKinds));
    private static readonly HashSet<string> Audits = ConstantsOf(typeof(LedgerKinds));

    public static void Add(WorkflowDefinition definition, string path, YamlMappingNode root, ICollection<SiteFault> faults)
    {
        var lines = new YamlLines(root);
        CheckWords(definition, Fault);
        CheckPools(definition, Fault);
        CheckStates(definition, Fault);
        CheckReach(definition, Fault);

        void Fault(string rule, string text, params string[] place) => faults.Add(new SiteFault(path, lines.Of(place), rule, text));
    }

    private static void CheckWords(WorkflowDefinition definition, AddFault fault)
    {
        if (definition.StartsOn.Length > 0 && !Signals.Contains(definition.StartsOn))
        {
            fault(WorkflowRules.SignalUnknown, $"Nothing raises `{definition.StartsOn}`; signals are {string.Join(", ", Signals)}.", "starts-on");
        }

        CheckAudit(definition.StartAudit, fault, "audit");
    }

    private static void CheckPools(WorkflowDefinition definition, AddFault fault)
    {
        var defaults = definition.Pools.Count(p => p.IsDefault);
        if (defaults != 1)
        {
            fault(WorkflowRules.PoolDefault, $"Exactly one pool takes what no location fits (`default: true`); here {defaults} do.", "pools");
        }

        foreach (var twice in definition.Pools.GroupBy(p => p.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            fault(WorkflowRules.Duplicate, $"The pool `{twice.Key}` stands here twice.", "pools");
        }

        foreach (var pool in definition.Pools.Where(p => p.Locations.Count == 0 && !p.IsDefault))
        {
            fault(WorkflowRules.Missing, $"The pool `{pool.Name}` has no `locations` and is not the default, so no task would reach it.", "pools");
        }

        foreach (var pool in definition.Pools.Where(p => p.EscalatesTo.Prepend(p.Name).Distinct(StringComparer.Ordinal).Count() <= p.EscalatesTo.Count))
        {
            fault(WorkflowRules.Duplicate, $"The escalation path of `{pool.Name}` comes back to a pool that has already not answered.", "pools");
        }
    }

    private static void CheckStates(WorkflowDefinition definition, AddFault fault)
    {
        var pools = definition.Pools.SelectMany(p => p.EscalatesTo.Prepend(p.Name)).ToHashSet(StringComparer.Ordinal);
        if (definition.Initial.Length > 0 && !definition.States.ContainsKey(definition.Initial))
        {
            fault(WorkflowRules.StateUnknown, $"There is no state `{definition.Initial}`.", "initial");
        }

        foreach (var state in definition.States.Values)
        {
            if (state.Owner is { } owner && !pools.Contains(owner))
            {
                fault(WorkflowRules.PoolUnknown, $"There is no pool `{owner}`.", "states", state.Name, "owner");
            }

            if (state.IsFinal && (state.On.Count > 0 || state.Timers.Count > 0 || state.CompleteWithin is not null))
            {
                fault(WorkflowRules.FinalState, $"Nothing happens in the final state `{state.Name}`.", "states", state.Name);
            }

            foreach (var timer in state.Timers.Where(t => !state.On.ContainsKey(t.Raises)))
            {
                fault(WorkflowRules.TimerUnheard, $"The timer raises `{timer.Raises}`, which `{state.Name}` does not answer under `on`.", "states", state.Name, "timers");
            }

            foreach (var (name, transition) in state.On)
            {
                if (transition.To.Length > 0 && !definition.States.ContainsKey(transition.To))
                {
                    fault(WorkflowRules.StateUnknown, $"There is no state `{transition.To}`.", "states", state.Name, "on", name, "to");
                }

                CheckAudit(transition.Audit, fault, "states", state.Name, "on", name, "audit");
            }
        }
    }

    /// <summary>Every state can be reached from the initial one, and from each the end can be reached.</summary>
    private static void CheckReach(WorkflowDefinition definition, AddFault fault)
    {
        if (!definition.States.ContainsKey(definition.Initial))
        {
            return;
        }

        var next = definition.States.ToDictionary(
            s => s.Key, s => s.Value.On.Values.Select(t => t.To).Where(definition.States.ContainsKey).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        var reached = Closure([definition.Initial], s => next.GetValueOrDefault(s, []));
        var ends = definition.States.Values.Where(s => s.IsFinal).Select(s => s.Name).ToList();
        var ending = Closure(ends, s => next.Where(n => n.Value.Contains(s)).Select(n => n.Key));
        foreach (var state in definition.States.Keys)
        {
            if (!reached.Contains(state))
            {
                fault(WorkflowRules.StateUnreachable, $"Nothing leads to the state `{state}`.", "states", state);
            }

            if (!ending.Contains(state))
            {
                fault(WorkflowRules.StateStuck, $"From the state `{state}` no final state can be reached (`final: true`).", "states", state);
            }
        }
    }

    private static HashSet<string> Closure(IEnumerable<string> from, Func<string, IEnumerable<string>> next)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(from);
        while (open.TryPop(out var state))
        {
            if (seen.Add(state))
            {
                foreach (var following in next(state))
                {
                    open.Push(following);
                }
            }
        }

        return seen;
    }

    private static void CheckAudit(string kind, AddFault fault, params string[] place)
    {
        if (kind.Length > 0 && !Audits.Contains(kind))
        {
            fault(WorkflowRules.AuditUnknown, $"The ledger knows no event `{kind}`.", place);
        }
    }

    private static HashSet<string> ConstantsOf(Type catalogue) =>
        [.. catalogue.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!)];

    private delegate void AddFault(string rule, string text, params string[] place);

    /// <summary>The line of a place in the file, or of the nearest place above it that is there.</summary>
    private sealed class YamlLines(YamlMappingNode root)
    {
        public int Of(IEnumerable<string> place)
        {
            YamlNode node = root;
            var line = node.Start.Line;
            foreach (var key in place)
            {
                if (node is not YamlMappingNode map || !map.Children.TryGetValue(new YamlScalarNode(key), out var child))
                {
                    break;
                }

                line = map.Children.Keys.First(k => k.Equals(new YamlScalarNode(key))).Start.Line;
                node = child;
            }

            return (int)line;
        }
    }
}
