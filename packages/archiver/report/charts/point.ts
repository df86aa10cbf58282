/** One value of a series. */
export interface Point {
  time: Date;
  value: number;
}
