namespace Isthmus.Mapping.Reverse;

/// <summary>A place in a segment that is being filled; numbers are one-based, and zero means the whole of what is above.</summary>
internal readonly record struct Place(int Field, int Repetition, int Component, int Subcomponent)
{
    /// <summary>Orders places as they stand in the segment.</summary>
    public long Key => ((long)Field << 48) | ((long)Repetition << 32) | ((long)Math.Max(Component, 1) << 16) | (long)Math.Max(Subcomponent, 1);

    public bool IsWholeField => Component == 0;

    /// <summary>Tells the place itself from its first part: of a whole, no part is named.</summary>
    public long OwnKey => ((long)Field << 48) | ((long)Repetition << 32) | ((long)Component << 16) | (long)Subcomponent;
}

/// <summary>Where a rule writes: a field of the segment, or (field 0) a part of the value that its datatype map was called for.</summary>
internal readonly record struct Target(int Field, int Component, int Subcomponent)
{
    /// <summary>The place within a value; null where v2 has no level left for it.</summary>
    public Place? Within(in Place at) =>
        Component == 0 ? at
        : at.Component == 0 ? at with { Component = Component, Subcomponent = Subcomponent }
        : at.Subcomponent == 0 ? (Subcomponent <= 1 ? at with { Subcomponent = Component } : null)
        : Component == 1 && Subcomponent <= 1 ? at : null;
}
