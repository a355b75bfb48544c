using System.Runtime.InteropServices;

namespace Isthmus.Simulators.Effects;

/// <summary>
/// What every name stands at: how often its content really changed, how often the same content came again,
/// and where its latest content lies. Also how often each delivery key took effect.
/// A fold over the log: replaying the log gives the same table. Not thread-safe; the log guards it.
/// </summary>
internal sealed class EffectTable
{
    private readonly Dictionary<UInt128, EffectState> states = [];
    private readonly Dictionary<UInt128, int> deliveries = [];

    public int Names => states.Count;

    public int Deliveries => deliveries.Count;

    public long Changes { get; private set; }

    public long Repeats { get; private set; }

    public long RepeatedDeliveries { get; private set; }

    /// <summary>Applies one content. A new version only where the content differs from the present one.</summary>
    public Effect Apply(UInt128 key, ulong content, in ContentPlace place)
    {
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(states, key, out var known);
        if (known && state.Content == content)
        {
            state.Repeats++;
            Repeats++;
            return new Effect(state.Versions, Changed: false);
        }

        state.Content = content;
        state.Place = place;
        state.Versions++;
        Changes++;
        return new Effect(state.Versions, Changed: true);
    }

    /// <summary>Counts one more transaction under a delivery key; answers how many there are now.</summary>
    public int Deliver(UInt128 delivery)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(deliveries, delivery, out _);
        if (++count > 1)
        {
            RepeatedDeliveries++;
        }

        return count;
    }

    public bool TryGet(UInt128 key, out EffectState state) => states.TryGetValue(key, out state);

    public int DeliveryCount(UInt128 delivery) => deliveries.GetValueOrDefault(delivery);
}

/// <summary>What applying one content did: the version it now stands at, and whether it changed.</summary>
internal readonly record struct Effect(int Version, bool Changed);

/// <summary>Where a content lies: the block of the log, and offset and length among that block's bodies.</summary>
internal readonly record struct ContentPlace(int Block, int Offset, int Length);

/// <summary>The counters of one name.</summary>
internal struct EffectState
{
    public ulong Content;
    public ContentPlace Place;
    public int Versions;
    public int Repeats;
}
