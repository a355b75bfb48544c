namespace Isthmus.Mapping.Running;

/// <summary>
/// What keeps a rule from running, as far as the message alone decides it: two words to look at. The gates of a block stand side by
/// side, because of the dozens of rules for a field nearly all are passed over.
/// </summary>
/// <param name="Field">The bit of the field of the segment in hand that the rule reads; 0 if it reads elsewhere.</param>
/// <param name="Facts">A bit per fact that must hold.</param>
internal readonly record struct Gate(ulong Field, ulong Facts)
{
    /// <summary>Fields from this one on share a bit that is never set in <see cref="Frame.Absent"/>: they are looked for one by one.</summary>
    public const int LastField = 63;

    /// <summary>The bit of a field; none for field 0, which is no field.</summary>
    public static ulong BitOf(int field) => field == 0 ? 0 : 1UL << Math.Min(field, LastField);
}
