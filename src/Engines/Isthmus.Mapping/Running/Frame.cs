
namespace Isthmus.Mapping.Running;

/// <summary>One invocation of a map.</summary>
internal struct Frame
{
    public CompiledMap Map;
    public CallWith? With;

    /// <summary>Where this invocation's registers begin on the run's register stack.</summary>
    public int Registers;

    /// <summary>Where its component slices begin.</summary>
    public int Parts;

    /// <summary>The invocation whose register, or target, is filled here; -1 for a resource.</summary>
    public int Caller;
    public int CallerRegister;
    public Target CallerTarget;

    /// <summary>The segment in hand, by its index in the message.</summary>
    public int Segment;

    /// <summary>The group instance whose segments a rule may look at.</summary>
    public int Group;

    /// <summary>The field being gone through and the repetition in hand.</summary>
    public int Field;
    public Slice Value;

    /// <summary>A bit for each field of the segment in hand that is empty or not there (<see cref="Gate.BitOf"/>).</summary>
    public ulong Absent;

    /// <summary>A bit for each of the map's facts that is known to hold, and for each that is known not to.</summary>
    public ulong True;
    public ulong False;
}
