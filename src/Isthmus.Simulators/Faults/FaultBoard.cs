using Isthmus.Simulators.Effects;

namespace Isthmus.Simulators.Faults;

/// <summary>The faults on order, oldest first. Held in memory: a restarted simulator behaves.</summary>
internal sealed class FaultBoard
{
    private readonly Lock gate = new();
    private readonly List<Standing> standing = [];
    private volatile bool any;

    public void Add(IEnumerable<Fault> faults)
    {
        lock (gate)
        {
            standing.AddRange(faults.Select(fault => new Standing(fault)));
            any = standing.Count > 0;
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            standing.Clear();
            any = false;
        }
    }

    /// <summary>What is still to come, with the counts that remain.</summary>
    public IReadOnlyList<Fault> Pending()
    {
        lock (gate)
        {
            return [.. standing.Select(order => order.Fault with { Count = order.Left })];
        }
    }

    /// <summary>
    /// The fault this call meets, used up by one; null if it goes through. A call without <paramref name="draft"/> is no business
    /// call, so only a path prefix strikes it.
    /// </summary>
    public Fault? Take(string path, Draft? draft)
    {
        if (!any)
        {
            return null;
        }

        lock (gate)
        {
            var index = standing.FindIndex(order => Strikes(order.Fault, path, draft));
            if (index < 0)
            {
                return null;
            }

            var struck = standing[index];
            if (--struck.Left == 0)
            {
                standing.RemoveAt(index);
                any = standing.Count > 0;
            }

            return struck.Fault;
        }
    }

    private static bool Strikes(Fault fault, string path, Draft? draft) => fault.Match switch
    {
        null => draft is not null,
        ['/', ..] prefix => path.StartsWith(prefix, StringComparison.Ordinal),
        var text => draft is not null && draft.Mentions(text),
    };

    private sealed class Standing(Fault fault)
    {
        public Fault Fault { get; } = fault;

        public int? Left { get; set; } = fault.Count;
    }
}
