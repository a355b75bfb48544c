namespace Isthmus.Mapping.Running;

/// <summary>How deep a stretch of a message lies, which tells what delimiter divides it.</summary>
internal enum Level : byte
{
    Repetition,
    Component,
    Subcomponent,
}

/// <summary>A stretch of the message's bytes. Length 0 is "nothing there".</summary>
internal readonly record struct Slice(int Start, int Length, Level Level)
{
    public bool IsEmpty => Length == 0;
}
