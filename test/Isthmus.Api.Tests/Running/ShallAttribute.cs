namespace Isthmus.Api.Tests.Running;

/// <summary>Which rows of the standard's list of SHALLs a test holds us to.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ShallAttribute(params int[] ids) : Attribute
{
    public IReadOnlyList<int> Ids { get; } = ids;
}
