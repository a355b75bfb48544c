namespace Isthmus.Mapping.Running;

/// <summary>A unit as it is sent: code, text and coding system, innermost.</summary>
internal readonly record struct UnitSlices(Slice Code, Slice Text, Slice System)
{
    public Slice Spelling => Code.IsEmpty ? Text : Code;
}

/// <summary>The unit that was written last, and the nodes it was written as: value and limits of a result have the same, and most of its neighbours too.</summary>
internal readonly record struct WrittenUnit(UnitSlices Units, int First, int End, bool IsUcum)
{
    /// <summary>Whether it is sent in the same words. Not while an explanation is made, which is told of every table that was asked.</summary>
    public bool Is(TranslationRun run, UnitSlices units) =>
        End > First && run.Trace is null
        && Equal(run, units.Code, Units.Code) && Equal(run, units.Text, Units.Text) && Equal(run, units.System, Units.System);

    private static bool Equal(TranslationRun run, Slice one, Slice other) => run.Text.Bytes(one).SequenceEqual(run.Text.Bytes(other));
}
