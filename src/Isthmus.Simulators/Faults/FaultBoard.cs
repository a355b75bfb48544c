using Isthmus.Simulators.Effects;

namespace Isthmus.Simulators.Faults;

/// <summary>The faults on order, oldest first. Held in memory: a restarted simulator behaves.</summary>
internal sealed class FaultBoard
{
    private readonly Lock _gate = new();
    private readonly List<Standing> _standing = [];
    private volatile bool _any;

    public void Add(IEnumerable<Fault> faults)
    {
        lock (_gate)
        {
            _standing.AddRange(faults.Select(fault => new Standing(fault)));
            _any = _standing.Count > 0;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _standing.Clear();
            _any = false;
        }
    }

    /// <summary>What is still to come, with the counts that remain.</summary>
    public IReadOnlyList<Fault> Pending()
    {
        lock (_gate)
        {
            return [.. _standing.Select(standing => standing.Fault with { Count = standing.Left })];
        }
    }

    /// <summary>
    /// The fault this call meets, used up by one; null if it goes through. A call without <paramref name="draft"/> is no business
    /// call, so only a path prefix strikes it.
    /// </summary>
    public Fault? Take(string path, Draft? draft)
    {
        if (!_any)
        {
            return null;
        }

        lock (_gate)
        {
            var index = _standing.FindIndex(standing => Strikes(standing.Fault, path, draft));
            if (index < 0)
            {
                return null;
            }

            var standing = _standing[index];
            if (--standing.Left == 0)
            {
                _standing.RemoveAt(index);
                _any = _standing.Count > 0;
            }

            return standing.Fault;
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
